/**
 * Runs all benches, or those that are named, each in a separate process, and prints a table a
 * ladder: the time of an operation, the bytes that it allocates, and, where that has a meaning, how long a single call
 * holds the event loop (99th percentile). Ends with exit code 1 if a bench dropped a record, allocated where it must not, or missed
 * a target.
 *
 * `--short` runs few rounds to see that the benches work and lose nothing. Ratios and bytes do not
 * count then, because the compiler has not done its work yet.
 *
 * @module
 */

import { cpus } from "node:os";
import { readArguments } from "./lib/arguments.ts";
import type { Report } from "./lib/harness.ts";
import { benchNames, problemsOf, ROUNDS, ROUNDS_SHORT, runBench } from "./lib/run_bench.ts";

const { names: asked, isOn } = readArguments(Deno.args, { switches: ["short"] });
const isShort = isOn("short");
const names = benchNames(asked);

console.log(
  `${cpus()[0].model}, ${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}, V8 ${Deno.version.v8}`,
);
let failed = 0;
for (const name of names) {
  const report = await runBench(name, { rounds: isShort ? ROUNDS_SHORT : ROUNDS });
  const problems = problemsOf(report, isShort);
  print(report, problems);
  if (problems.length > 0) failed += 1;
}
console.log(`\n${names.length - failed} of ${names.length} benches met all that they promise`);
if (failed > 0) Deno.exit(1);

function print({ name, measurements, verdicts, facts }: Report, problems: readonly string[]): void {
  console.log(`\n${name}`);
  const width = Math.max(...measurements.map((each) => each.name.length), 0);
  for (const { name, nsPerOperation, bytesPerOperation, blockMs } of measurements) {
    const time = nsPerOperation.toFixed(1).padStart(12);
    const block = blockMs === undefined ? "" : ` ${blockMs.toFixed(3).padStart(9)} ms`;
    console.log(`  ${name.padEnd(width)} ${time} ns ${bytesPerOperation.toFixed(1).padStart(9)} bytes${block}`);
  }
  for (const { name, reference, reached, timesFaster, isMet } of verdicts) {
    const verdict = isMet ? "met" : isShort ? "not judged" : "missed";
    console.log(`  ${name}: ${timesText(reached)} ${reference}, promised ${timesText(timesFaster)}: ${verdict}`);
  }
  for (const fact of facts) console.log(`  ${fact}`);
  for (const problem of problems) console.log(`  FAILED: ${problem}`);
}

function timesText(times: number): string {
  return times >= 1 ? `${times.toFixed(1)} × faster than` : `${(1 / times).toFixed(2)} × the time of`;
}
