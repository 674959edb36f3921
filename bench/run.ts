/**
 * Runs all benches, or those that are named, each in a separate process, and prints a table per ladder: the time of an
 * operation, the bytes that it allocates and, where that has a meaning, how long a single call holds the event loop (99th
 * percentile). Ends with exit code 1 if a bench dropped a record, allocated where it must not, or missed a target.
 *
 * `--short` runs one round without warming up, to see that the benches work and lose nothing. Ratios and bytes do not
 * count then, because the compiler has not done its work yet. `--json` writes the results as JSON instead (see `lib/results.ts`), to stdout or
 * with `--out FILE` to a file, and prints progress on stderr.
 *
 * @module
 */

import { readArguments } from "./lib/arguments.ts";
import type { Report } from "./lib/ladder.ts";
import { type LadderResult, ladderResult, provenance, type Results, RESULTS_VERSION } from "./lib/results.ts";
import { benchNames, problemsOf, runBench } from "./lib/bench_process.ts";

const { names: asked, isOn, valueOf } = readArguments(Deno.args, { switches: ["short", "json"], values: ["out"] });
const isShort = isOn("short");
const isJson = isOn("json");
const out = valueOf("out");
const names = benchNames(asked);

const about = await provenance();
if (!isJson) console.log(`${about.cpu}, ${about.cores} cores, Deno ${about.deno}, V8 ${about.v8}`);
const ladders: LadderResult[] = [];
for (const name of names) {
  const report = await runBench(name, { isShort });
  const problems = problemsOf(report, isShort);
  ladders.push(ladderResult(name, report, problems));
  if (isJson) console.error(`${name}: ${problems.length === 0 ? "done" : problems.join("; ")}`);
  else print(report, problems);
}
const failed = ladders.filter(({ failures }) => failures.length > 0).length;
if (isJson) await write({ format: "hotpath-bench", version: RESULTS_VERSION, ...about, isShort, ladders });
else console.log(`\n${names.length - failed} of ${names.length} benches met all that they promise`);
if (failed > 0) Deno.exit(1);

async function write(results: Results): Promise<void> {
  const text = `${JSON.stringify(results, undefined, 2)}\n`;
  if (out === undefined) await Deno.stdout.write(new TextEncoder().encode(text));
  else await Deno.writeTextFile(out, text);
}

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
