/**
 * Runs all benches, or those that are named, as `run.ts` does, and writes the results as JSON (see `results.ts`) to
 * stdout or, with `--out FILE`, to a file. Progress is printed on stderr. Ends with exit code 1 if a bench did not
 * keep what it promises; the results are written all the same.
 *
 * @module
 */

import { readArguments } from "./lib/arguments.ts";
import { provenance } from "./lib/provenance.ts";
import { type LadderResult, ladderResult, type Results, RESULTS_VERSION } from "./lib/results.ts";
import { benchNames, problemsOf, ROUNDS, ROUNDS_SHORT, runBench } from "./lib/run_bench.ts";

const { names, isOn, valueOf } = readArguments(Deno.args, { switches: ["short"], values: ["out"] });
const isShort = isOn("short");
const out = valueOf("out");
const about = await provenance();
const ladders: LadderResult[] = [];
for (const bench of benchNames(names)) {
  const report = await runBench(bench, { rounds: isShort ? ROUNDS_SHORT : ROUNDS });
  const problems = problemsOf(report, isShort);
  ladders.push(ladderResult(bench, report, problems));
  console.error(`${bench}: ${problems.length === 0 ? "done" : problems.join("; ")}`);
}
const results: Results = { format: "hotpath-bench", version: RESULTS_VERSION, ...about, isShort, ladders };
const text = `${JSON.stringify(results, undefined, 2)}\n`;
if (out === undefined) await Deno.stdout.write(new TextEncoder().encode(text));
else await Deno.writeTextFile(out, text);
if (ladders.some(({ failures }) => failures.length > 0)) Deno.exit(1);
