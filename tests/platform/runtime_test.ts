import { assertEquals } from "@std/assert";
import { runScript } from "../_support/subprocess.ts";

function moduleOf(name: string): string {
  return JSON.stringify(import.meta.resolve(`../../src/platform/${name}.ts`));
}

Deno.test("requireDeno refuses, on another runtime, what only Deno can do in one sentence", async () => {
  const script = `const { log } = console;
    const { readSmallFileSync } = await import(${moduleOf("small_file")});
    const { DISK } = await import(${moduleOf("file_system")});
    const { openFfiClock } = await import(${moduleOf("ffi_clock")});
    delete globalThis.Deno;
    for (const attempt of [() => readSmallFileSync("a"), () => DISK.makeDirectory("a"), openFfiClock]) {
      try { await attempt(); } catch ({ message }) { log(message); }
    }`;
  const { stdout, stderr } = await runScript(script, ["--allow-read"]);
  const sentences = [
    "reading files needs Deno",
    "writing files needs Deno",
    "Cannot open the ffi clock: it needs Deno on Linux or macOS, this is not Deno",
  ];
  assertEquals([stdout, stderr], [`${sentences.join("\n")}\n`, ""]);
});

Deno.test("process numbers and upgrades are absent on another runtime, and an address is not tried", async () => {
  const script = `const { log } = console;
    const { openProcess } = await import(${moduleOf("process")});
    const { upgradeServed } = await import(${moduleOf("upgrade")});
    const { tryAddress } = await import(${moduleOf("listen")});
    delete globalThis.Deno;
    log(openProcess(), upgradeServed(new Request("http://a"), { remoteAddr: {} }, 1));
    log(tryAddress({ host: "localhost", port: 0 }, undefined));`;
  const { stdout, stderr } = await runScript(script, ["--allow-read"]);
  assertEquals([stdout, stderr], ["undefined undefined\nlocalhost\n", ""]);
});
