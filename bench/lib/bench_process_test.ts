import { assertEquals, assertThrows } from "@std/assert";
import { benchNames, hasBench, runBench } from "./bench_process.ts";

/** Prints its arguments in place of a report. */
const PROGRAM = "console.log(JSON.stringify(Deno.args));";

/** Calls a function with the `bench/` folder of a tree that has these files. */
async function withTree(files: Readonly<Record<string, string>>, use: (folder: URL) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${root}/bench/lib`, { recursive: true });
    for (const [path, text] of Object.entries(files)) await Deno.writeTextFile(`${root}/bench/${path}`, text);
    await use(new URL(`file://${root}/bench/`));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function argumentsOf(folder: URL): Promise<unknown> {
  return await runBench("ring", { rounds: 7, isOwnPart: true, folder });
}

Deno.test("benchNames are those of benches, of files with several, and all without any", () => {
  assertEquals(benchNames(["timer_ffi", "ring"]), ["timer_ffi", "ring"]);
  assertEquals(benchNames(["trace"]), ["trace_ffi", "trace_performance"]);
  assertEquals(benchNames([]).includes("memory"), true);
  assertThrows(() => benchNames(["bell"]), RangeError, "its name must be one of allocation, ");
});

Deno.test("runBench runs a bench of a tree with a list of benches", () =>
  withTree({
    "benches.ts": 'export const BENCHES = { ring: "cases/ring_bench.ts" };',
    "lib/bench_process.ts": PROGRAM,
  }, async (folder) => {
    assertEquals([await hasBench("ring", folder), await hasBench("peers", folder)], [true, false]);
    assertEquals(await argumentsOf(folder), ["ring", "7", "own"]);
  }));

Deno.test("runBench runs a bench of a tree whose benches are files side by side", () =>
  withTree({ "ring_bench.ts": "", "run_one.ts": PROGRAM }, async (folder) => {
    assertEquals([await hasBench("ring", folder), await hasBench("peers", folder)], [true, false]);
    assertEquals(await argumentsOf(folder), ["./ring_bench.ts", "7", "own"]);
  }));

Deno.test("runBench reports a bench that fails as a failure", () =>
  withTree({ "ring_bench.ts": "", "run_one.ts": 'throw new Error("no ring")' }, async (folder) => {
    const { failures } = await runBench("ring", { folder });
    assertEquals(failures.length, 1);
    assertEquals(failures[0].startsWith("it ended with exit code 1: ") && failures[0].includes("no ring"), true);
  }));
