/**
 * Whether V8 keeps discarding its compiled code of the hot path. A separate process calls everything hot under all settings
 * (`deopt_script.ts`), and its `--trace-deopt` is read here.
 *
 * Code may be discarded while a program warms up: each kind of call and each shape of an object comes for the first time
 * once. V8 learns up to four shapes at a place, and compiles in two tiers, so a function may lose up to eight compilations to
 * one reason. More is a loop; so is losing more than three in the second half of the run, when all has been seen before.
 *
 * Counted are compilations lost, not fallbacks: V8 keeps code that it made in the middle of a running loop, and falls back
 * behind the loop each time until it has compiled the function as a whole. Functions are distinguished by thread; the
 * aggregator's are included, here and in its worker.
 *
 * Does not measure time.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Ladder, Ladders } from "../lib/ladder.ts";

const LOST_MAX = 8;
const LOST_MAX_STEADY = 3;
const SOURCES = new URL("../../src/", import.meta.url).href;
const SCRIPT = new URL("deopt_script.ts", import.meta.url).pathname;
const CHANGE_OVER = "prepare for on stack replacement (OSR)";
const FALL_BACK =
  /kind: deopt-\w+, reason: (.+?)\): begin\. deoptimizing \w+ <JSFunction (?:(\S+) )?<(\S+)> \(sfi = (\w+)\)>, \w+ <Code \w+>, opt id (\d+)/g;

/** A function that went back from compiled code. */
interface FallBack {
  /** The function on its thread, and the reason. */
  readonly what: string;
  /** Which of the thread's compilations was left. */
  readonly compilation: string;
}

const ladder: Ladder = {
  name: "deoptimisations of the hot path",
  cases: [],
  targets: [],
  verify: async () => {
    const { warmUp, steady } = await traceScript();
    assertEquals(lostTooOften([...warmUp, ...steady], LOST_MAX), [], "functions are compiled over and over");
    assertEquals(lostTooOften(steady, LOST_MAX_STEADY), [], "functions still lose their code after the warm-up");
    return [
      `${compilationsLost(warmUp)} compilations lost in the first half, ${compilationsLost(steady)} in the second`,
    ];
  },
};

/** Runs the script, and splits V8's trace at the end of the warm-up. */
async function traceScript(): Promise<{ warmUp: FallBack[]; steady: FallBack[] }> {
  const path = await Deno.makeTempFile({ prefix: "hotpath-deopt-" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-check",
        "--allow-read",
        `--v8-flags=--trace-deopt,--trace-file-names,--redirect-code-traces,--redirect-code-traces-to=${path}`,
        SCRIPT,
        path,
      ],
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    const trace = await Deno.readFile(path);
    // V8 prints some of its trace there too.
    const warmUpBytes = Number(new TextDecoder().decode(stdout).match(/warm-up ended at (\d+)/)?.[1]);
    assert(warmUpBytes > 0, "the trace is empty");
    return { warmUp: fallBacksIn(trace.subarray(0, warmUpBytes)), steady: fallBacksIn(trace.subarray(warmUpBytes)) };
  } finally {
    await Deno.remove(path);
  }
}

function fallBacksIn(trace: Uint8Array): FallBack[] {
  return [...new TextDecoder().decode(trace).matchAll(FALL_BACK)]
    .filter(([, reason, , file]) => file.startsWith(SOURCES) && reason !== CHANGE_OVER)
    .map(([, reason, name = "anonymous", file, address, compilation]) => ({
      what: `${name} in ${file.slice(SOURCES.length)} at ${address}: ${reason}`,
      compilation,
    }));
}

/** How many there are, of all functions. */
function compilationsLost(fallBacks: readonly FallBack[]): number {
  return new Set(fallBacks.map(({ what, compilation }) => `${what} ${compilation}`)).size;
}

/** The functions that lost more compilations than they may to one reason. */
function lostTooOften(fallBacks: readonly FallBack[], max: number): string[] {
  return [...Map.groupBy(fallBacks, ({ what }) => what)]
    .map(([what, each]) => ({ what, lost: new Set(each.map(({ compilation }) => compilation)).size }))
    .filter(({ lost }) => lost > max)
    .map(({ what, lost }) => `${what} (${lost} times)`);
}

/** The bench. */
export const ladders: Ladders = { deopt: () => ladder };
