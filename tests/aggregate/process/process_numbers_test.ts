import { assert, assertAlmostEquals, assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import { processNumbers } from "../../../src/aggregate/process/process_numbers.ts";
import { MOD, runScript } from "../../_support/subprocess.ts";

function read(name: string): number {
  const found = processNumbers().find(({ definition }) => definition.name === name);
  assert(found !== undefined, name);
  return found.read();
}

Deno.test("processNumbers has CPU time in seconds, in all and by kind", () => {
  const endMs = performance.now() + 50;
  while (performance.now() < endMs);
  const [total, user, system] = ["", "user_", "system_"].map((kind) => read(`process_cpu_${kind}seconds_total`));
  assertGreater(total, 0.01);
  assertGreaterOrEqual(user + system, total);
  assertAlmostEquals(user + system, total, 0.1);
});

Deno.test("processNumbers has the memory that Deno reports", () => {
  const resident = read("process_resident_memory_bytes");
  assertGreater(resident, 2 ** 20);
  assertAlmostEquals(resident / Deno.memoryUsage().rss, 1, 0.5);
});

Deno.test("processNumbers has the start of the process, also on another thread", async () => {
  const source = `
    const worker = new Worker(URL.createObjectURL(new Blob([\`
      import { processNumbers } from ${
    JSON.stringify(import.meta.resolve("../../../src/aggregate/process/process_numbers.ts"))
  };
      const start = processNumbers().find(({ definition }) => definition.name === "process_start_time_seconds").read();
      postMessage(start);
    \`], { type: "text/javascript" })), { type: "module" });
    worker.onmessage = ({ data }) => {
      console.log(data - performance.timeOrigin / 1_000);
      worker.terminate();
    };
  `;
  const { code, stdout, stderr } = await runScript(source, ["--allow-read"]);
  assertEquals([code, stderr], [0, ""]);
  assertAlmostEquals(Number(stdout), 0, 0.5);
});

Deno.test("processNumbers has the versions of the runtime", () => {
  const info = processNumbers().find(({ definition }) => definition.name === "deno_info");
  const { deno: version, v8, typescript } = Deno.version;
  assertEquals([info?.labels, info?.read()], [{ version, v8, typescript }, 1]);
});

const OPEN_FILES = `
import { createMetrics } from ${JSON.stringify(MOD)};
const metrics = createMetrics({ aggregation: "inline", runtime: { process: true } });
const valueOf = async (name) => (await metrics.snapshot()).metrics.find((each) => each.name === name)?.series[0].value;
const before = await valueOf("process_open_fds");
const files = Array.from({ length: 100 }, () => Deno.openSync(${JSON.stringify(MOD)}.slice("file://".length)));
const after = await valueOf("process_open_fds");
files.forEach((file) => file.close());
console.log(JSON.stringify({
  opened: after - before,
  max: await valueOf("process_max_fds"),
  virtual: await valueOf("process_virtual_memory_bytes"),
  instruments: (await metrics.instruments()).filter(({ needs }) => needs !== undefined),
}));
`;

Deno.test({
  name: "open files are counted where everything is permitted",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const { code, stdout, stderr } = await runScript(OPEN_FILES, ["--allow-all"]);
    assertEquals([code, stderr], [0, ""]);
    const { opened, max, virtual, instruments } = JSON.parse(stdout);
    assertEquals([opened, instruments], [100, []]);
    assertGreater(max, 100);
    assertGreater(virtual, 2 ** 20);
  },
});

/** Readings of a program without some permissions. */
const DIAGNOSING = `
import { createMetrics } from ${JSON.stringify(MOD)};
const metrics = createMetrics({ aggregation: "inline", runtime: true });
const diagnose = async () => (await metrics.instruments()).flatMap(({ name, needs }) => needs === undefined ? [] : [name]);
const text = await metrics.scrape();
console.log(JSON.stringify([await diagnose(), await diagnose(), /^deno_heap_used_bytes/m.test(text), /_fds/.test(text)]));
await metrics.close();
`;

const MISSING = ["process_virtual_memory_bytes", "process_open_fds", "process_max_fds"];

for (
  const permissions of [
    [],
    ["--deny-read"],
    ["--allow-read"],
    ["--allow-read", "--deny-read=/proc"],
    ["--allow-all", "--deny-read=/proc"],
    ["--allow-all", "--deny-sys"],
    ["--allow-all", "--deny-env"],
    ["--allow-all", "--deny-ffi"],
    ["--deny-read", "--deny-sys", "--deny-env", "--deny-ffi"],
  ]
) {
  Deno.test({
    name: `with ${permissions.join(" ") || "no permissions"} what is missing is absent, and listed once`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      // Prompting is not forbidden here; nothing could be answered, so a prompt would be an error on stderr.
      const child = new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "--quiet",
          "--config",
          new URL("../../../deno.json", import.meta.url).pathname,
          ...permissions,
          "-",
        ],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
        env: { NO_COLOR: "1" },
      }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(DIAGNOSING));
      await writer.close();
      const { code, stdout, stderr } = await child.output();
      assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
      assertEquals(JSON.parse(new TextDecoder().decode(stdout)), [MISSING, MISSING, true, false]);
    },
  });
}
