/**
 * Checks this tree against `bench/compare/baseline.json`: `deno task bench:check [names…] [--threshold 30] [--runs 8]`.
 * With `--update`, measures and renews the file, or the named benches in it.
 *
 * Each bench runs several times in separate processes; a case's value is the median of its ratios to the ladder's
 * baseline, with its interval (see `statistics.ts`). It fails if that and the interval in the file have more than the
 * threshold between them. Other processors have other ratios, so the threshold is wide: to compare closely, use
 * `compare.ts`, and after a change of machine or Deno, `--update`.
 *
 * @module
 */

import { readArguments } from "../lib/arguments.ts";
import type { Report } from "../lib/ladder.ts";
import { provenance } from "../lib/results.ts";
import {
  type Baseline,
  BASELINE_VERSION,
  type BaselineLadder,
  ladderOf,
  parseBaseline,
  worseThan,
} from "./baseline.ts";
import { REPETITIONS_MIN } from "./statistics.ts";
import { benchNames, roundsFor, runBench } from "../lib/bench_process.ts";

const FILE = new URL("baseline.json", import.meta.url);
const THRESHOLD_PERCENT = 30;

const { names, isOn, numberOf } = readArguments(Deno.args, { switches: ["update"], values: ["threshold", "runs"] });
const threshold = numberOf("threshold", THRESHOLD_PERCENT, 1) / 100;
const runs = numberOf("runs", REPETITIONS_MIN, REPETITIONS_MIN);
const then = parseBaseline(await Deno.readTextFile(FILE));
const asked = benchNames(names.length > 0 ? names : Object.keys(then.ladders));
const about = await provenance();
for (const field of ["cpu", "deno"] as const) {
  if (about[field] !== then[field]) console.log(`The baseline is of ${field} ${then[field]}, this is ${about[field]}`);
}

const now: Record<string, BaselineLadder> = {};
let failed = 0;
for (const name of asked) {
  now[name] = await measure(name);
  const { baseline, ratios } = now[name];
  console.log(`\n${name}, as multiples of: ${baseline}`);
  for (const [row, { ratio, low, high }] of Object.entries(ratios)) {
    const was = then.ladders[name]?.ratios[row]?.ratio.toFixed(2) ?? "unknown";
    console.log(`  ${row}: ${ratio.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}], was ${was}`);
  }
  if (isOn("update")) continue;
  const worse = worseThan(then.ladders[name], now[name], threshold);
  for (const each of worse) console.log(`  FAILED: ${each}`);
  failed += worse.length;
}
if (isOn("update")) {
  const ladders = { ...then.ladders, ...now };
  const baseline: Baseline = { format: "hotpath-bench-baseline", version: BASELINE_VERSION, ...about, ladders };
  await Deno.writeTextFile(FILE, `${JSON.stringify(baseline, undefined, 2)}\n`);
  console.log("\nbench/compare/baseline.json is renewed");
} else console.log(failed === 0 ? "\nNothing is slower than the baseline" : `\n${failed} failed`);
if (failed > 0) Deno.exit(1);

async function measure(name: string): Promise<BaselineLadder> {
  const rounds = roundsFor(await runBench(name, { rounds: 1, isOwnPart: true }));
  const reports: Report[] = [];
  for (let run = 0; run < runs; run++) reports.push(await runBench(name, { rounds, isOwnPart: true }));
  return ladderOf(name, reports);
}
