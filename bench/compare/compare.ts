/**
 * Compares this tree with a git revision: `deno task bench:compare REVISION [names…] [--threshold 10] [--max 60]
 * [--own-benches]`.
 *
 * The revision is checked out in a temporary directory and gets this tree's benches, so that both run the same. With
 * `--own-benches` each runs its own instead, for a revision whose modules have other paths or names; then only benches and
 * rows that both have are compared, which is right as long as a row of the same name does the same. Each bench then runs
 * once there, once here, there, here and so on, each time in a separate process: V8 compiles the same code differently from
 * process to process, and the machine changes its speed within seconds, so only neighbours are compared. A row's result is
 * the median of the ratios of neighbours, with its interval (see `statistics.ts`).
 *
 * **How often.** The first eight runs of the revision, one against the next, show the machine's noise, and that determines
 * the number of repetitions, which is printed. It continues until no row is in doubt, or until a maximum. A row is not
 * called slower before that number is reached.
 *
 * **What is compared.** Times, or the ratios to the bare store that comes first in most ladders and was timed within the
 * same process, whichever is steadier from run to run of the revision. Where the speed of the whole machine varies, the
 * ratio is steadier; where a bare store of a nanosecond varies by itself, the time is.
 *
 * **When it fails.** A row is a regression only if its whole interval is beyond the threshold, in percent. A row whose
 * interval still contains the threshold at the maximum is reported as unclear and fails nothing. Exit code 1: a row is
 * slower. 2: something could not be compared.
 *
 * Nothing may be changed in this tree meanwhile. Interrupted, it leaves no trace.
 *
 * Does not compare references (peers, bare stores), bytes, nor facts.
 *
 * @module
 */

import { readArguments } from "../lib/arguments.ts";
import { ownRows, type Report } from "../lib/ladder.ts";
import { copyBenches, git, withRevision } from "../lib/git.ts";
import { Row, type RowResult } from "./row.ts";
import { CONFIDENCE, REPETITIONS_MIN } from "./statistics.ts";
import { benchNames, hasBench, roundsFor, runBench } from "../lib/bench_process.ts";
import { rangeError } from "../../src/check/errors.ts";

const THRESHOLD_PERCENT = 10;
const REPETITIONS_MAX = 60;
const HERE = decodeURIComponent(new URL("../..", import.meta.url).pathname);

/** Where a revision is checked out. */
interface Before {
  readonly folder: URL;
  readonly signal: AbortSignal;
}

/** How sure is sure enough. */
interface Limits {
  readonly threshold: number;
  readonly max: number;
}

try {
  if (await main()) Deno.exit(1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(2);
}

/** Whether anything is slower. */
async function main(): Promise<boolean> {
  const { names: [revision, ...asked], numberOf, isOn } = readArguments(Deno.args, {
    switches: ["own-benches"],
    values: ["threshold", "max"],
  });
  if (revision === undefined) throw rangeError("compare", "the revision", "be given", revision);
  const threshold = numberOf("threshold", THRESHOLD_PERCENT, 1) / 100;
  const limits = { threshold, max: numberOf("max", REPETITIONS_MAX, REPETITIONS_MIN) };
  const names = benchNames(asked);
  const slower = await withRevision(HERE, revision, async (root, signal) => {
    if (!isOn("own-benches")) await copyBenches(root);
    const commit = await git("-C", HERE, "rev-parse", "--short", `${revision}^{commit}`);
    console.log(`This tree against ${revision} (${commit}), threshold ${threshold * 100} %`);
    const found: string[] = [];
    for (const name of names) {
      const results = await compareBench(name, { folder: new URL("bench/", root), signal }, limits);
      found.push(...results.filter(({ verdict }) => verdict === "slower").map((row) => `${name}: ${row.name}`));
    }
    return found;
  });
  if (slower.length === 0) console.log("\nNothing is slower");
  else console.log(`\nSlower by more than ${threshold * 100} %:\n${slower.map((row) => `  ${row}`).join("\n")}`);
  return slower.length > 0;
}

async function compareBench(name: string, { folder, signal }: Before, limits: Limits): Promise<RowResult[]> {
  const runBefore = (rounds: number) => runOwnPart(name, "there", { rounds, folder, signal });
  const runAfter = (rounds: number) => runOwnPart(name, "here", { rounds, signal });
  console.log(`\n${name}`);
  if (!await hasBench(name, folder)) {
    console.log("  is not among the benches of the revision");
    return [];
  }
  // Not counted: Deno compiles a tree's files and caches them.
  const old = new Set(ownRows(await runBefore(1)).map(({ name }) => name));
  const first = await runAfter(1);
  const rows = ownRows(first).filter((each) => old.has(each.name)).map((each) => new Row(each.name));
  if (rows.length === 0) {
    console.log("  has no times to compare");
    return [];
  }
  const rounds = roundsFor(first);
  for (let repetition = 1, asked = REPETITIONS_MIN;; repetition++) {
    addRuns(rows, await runBefore(rounds), await runAfter(rounds));
    if (repetition < REPETITIONS_MIN) continue;
    if (repetition === REPETITIONS_MIN) asked = calibrate(rows, limits);
    const results = rows.map((row) => row.result(limits.threshold));
    const isSettled = results.every((each) => each.isSettled) &&
      (repetition >= asked || results.every(({ verdict }) => verdict !== "slower"));
    if (!isSettled && repetition < limits.max) continue;
    print(results);
    const why = isSettled ? "no row is in doubt" : "the maximum, some rows are still in doubt";
    console.log(`  ended after ${repetition} repetitions: ${why}`);
    return results;
  }
}

async function runOwnPart(
  name: string,
  where: string,
  run: { readonly rounds: number; readonly folder?: URL; readonly signal: AbortSignal },
): Promise<Report> {
  const report = await runBench(name, { ...run, isOwnPart: true });
  if (report.failures.length > 0) {
    throw new Error(`Cannot compare ${name}: ${where}, it failed: ${report.failures.join("; ")}`);
  }
  return report;
}

function addRuns(rows: readonly Row[], before: Report, after: Report): void {
  const [there, here] = [before, after].map((report) => new Map(ownRows(report).map((each) => [each.name, each])));
  for (const row of rows) row.add(sampleOf(there.get(row.name)!), sampleOf(here.get(row.name)!));
}

function sampleOf({ nsPerOperation, timesOfBaseline }: ReturnType<typeof ownRows>[number]) {
  return { ns: nsPerOperation, timesOfBaseline };
}

/** Measures the noise and returns the number of repetitions that it requires. */
function calibrate(rows: readonly Row[], { threshold, max }: Limits): number {
  for (const row of rows) row.calibrate();
  const asked = Math.max(...rows.map((row) => row.repetitionsFor(threshold)));
  const loudest = rows.reduce((a, b) => a.noise > b.noise ? a : b);
  const noise = (loudest.noise * 100).toFixed(1);
  console.log(`  two runs of the same differ by ${noise} % (standard deviation, ${loudest.name}),`);
  console.log(`  which asks for ${asked} interleaved repetitions${asked > max ? `; ${max} are the maximum` : ""}`);
  return Math.min(asked, max);
}

function print(results: readonly RowResult[]): void {
  const width = Math.max(...results.map(({ name }) => name.length));
  for (const { name, before, after, isRelative, ratio, low, high, verdict } of results) {
    const times = `${before.toFixed(2).padStart(10)} → ${after.toFixed(2).padStart(10)}${isRelative ? " ×" : " ns"}`;
    const interval = `${ratio.toFixed(3)} × [${low.toFixed(3)}, ${high.toFixed(3)}]`;
    console.log(`  ${name.padEnd(width)} ${times}  ${interval} ${verdict}`);
  }
  if (results.some(({ isRelative }) => isRelative)) console.log("  × is as a multiple of the ladder's baseline");
  console.log(`  the intervals hold the true medians with ${CONFIDENCE * 100} % confidence`);
}
