/**
 * What metrics cost a whole program: the candle pipeline of `examples/trading` with metrics at several sampling rates,
 * disabled and with a budget, against the same without metrics, or with metrics that nothing calls.
 *
 * `deno task load:baseline [pace] [full] [budget] [--short] [--runs 8] [--out FILE]`
 *
 * **Without** means `noopMetrics`: the calls are still in the pipeline and do nothing. V8 inlines them; what they cost is
 * not in the difference.
 *
 * **How.** Each run is a separate process, so that V8 compiles the pipeline for one way to measure alone. Runs of the
 * reference come before, between and after all others, and each is compared with its two neighbours. Reported are the
 * median over the rounds and its interval (see `compare/statistics.ts`); below eight rounds there is none.
 *
 * **What.** Three stretches: at the demo's pace, where "slower" means that fewer candles are processed or that the thread
 * works a larger share of its time; at full speed, where it means the time of a candle; and at a pace at which recording
 * all of it takes more than twice a budget of 1 % of the thread, against metrics that nothing calls. CPU time is that of
 * the thread that does the work, and that of the process, which includes the aggregator.
 *
 * **When it fails.** At the demo's pace: the whole interval is beyond 1 %. With a budget: it is beyond that and a fifth, or
 * Hotpath's own account is. Dropped records are reported, since a full ring looks fast. With `--short` it fails only if
 * something does not work.
 *
 * @module
 */

import { readArguments } from "../lib/arguments.ts";
import { median } from "../lib/harness.ts";
import { type Estimate, estimate, REPETITIONS_MIN } from "../compare/statistics.ts";
import type { CaseResult } from "../lib/results.ts";
import type { CandleOutcome, CandleRun } from "./candle_run.ts";
import { againstNeighbours, interleaved, rotated } from "./neighbours.ts";
import { report } from "./program.ts";
import { type Comparison, percent, type Stretch, STRETCHES } from "./stretches.ts";
import { rangeError } from "../../src/check/errors.ts";

const WARM_UP_SECONDS = 0.7;
const SECONDS_SHORT = 0.1;
const MEGABYTE = 2 ** 20;
const PROGRAM = decodeURIComponent(new URL("candle_run.ts", import.meta.url).pathname);

const { names, isOn, valueOf, numberOf } = readArguments(Deno.args, { switches: ["short"], values: ["runs", "out"] });
const isShort = isOn("short");
const rounds = numberOf("runs", isShort ? 1 : REPETITIONS_MIN, 1);
const known = STRETCHES.map(({ name }) => name);
for (const name of names) {
  if (!known.includes(name)) throw rangeError("run the benches", "a stretch", `be one of ${known.join(", ")}`, name);
}

const cases: CaseResult[] = [];
const facts: string[] = [];
const failures: string[] = [];
for (const stretch of STRETCHES) if (names.length === 0 || names.includes(stretch.name)) await measure(stretch);
await report(
  {
    bench: "load/baseline",
    name: "baseline: CPU time of the hot thread for a candle, as a multiple of the reference",
    cases,
    facts,
    failures: isShort ? [] : failures,
  },
  isShort,
  valueOf("out"),
);

/** An outcome, and what it was compared with. */
interface Compared {
  readonly outcome: CandleOutcome;
  readonly time: number;
  readonly hot: number;
  readonly process: number;
  readonly share: number;
  readonly rssBytes: number;
}

async function measure(stretch: Stretch): Promise<void> {
  const { reference } = stretch;
  const ofReference: CandleOutcome[] = [];
  const found = new Map<string, Compared[]>(stretch.variants.map((variant) => [variant, []]));
  for (let round = 0; round < rounds; round++) {
    console.error(`${stretch.title}: round ${round + 1} of ${rounds}`);
    const order = rotated(stretch.variants, round);
    const outcomes: CandleOutcome[] = [];
    for (const variant of interleaved(reference, order)) outcomes.push(await run(stretch, variant));
    ofReference.push(...outcomes.filter((_, i) => i % 2 === 0));
    compare(outcomes).forEach((each, i) => found.get(order[i])?.push(each));
  }
  note(`${stretch.title}, ${reference}`, ofReference, 1);
  for (const [variant, all] of found) {
    const comparison = comparisonOf(all);
    const outcomes = all.map(({ outcome }) => outcome);
    note(`${stretch.title}, ${variant}`, outcomes, comparison.hot.ratio);
    facts.push(`${stretch.title}, ${variant}: ${describe(comparison, outcomes)}`);
    failures.push(...stretch.judge(variant, comparison).map((each) => `${stretch.title}, ${each}`));
  }
}

/** Runs the pipeline in a separate process. */
async function run({ perSecond, settleSeconds, seconds }: Stretch, variant: string): Promise<CandleOutcome> {
  const asked: CandleRun = isShort
    ? { variant, perSecond, warmUpSeconds: SECONDS_SHORT, settleSeconds: 0, seconds: SECONDS_SHORT }
    : { variant, perSecond, warmUpSeconds: WARM_UP_SECONDS, settleSeconds, seconds };
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // Deno lets only programs with all permissions read /proc, where a thread's time is found.
    args: ["run", "--no-check", "--allow-all", PROGRAM, JSON.stringify(asked)],
  }).output();
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`${variant} ended with exit code ${code}: ${decoder.decode(stderr).trim()}`);
  return JSON.parse(decoder.decode(stdout));
}

/** Each outcome that is not of the reference, against its neighbours. */
function compare(outcomes: readonly CandleOutcome[]): Compared[] {
  const against = (valueOf: (outcome: CandleOutcome) => number) => againstNeighbours(outcomes.map(valueOf));
  const time = against(({ elapsedMs, candles }) => elapsedMs / candles);
  const hot = against(hotMsOf);
  const process = against(({ processMs, candles }) => processMs / candles);
  const share = against(({ hotMs, elapsedMs }) => hotMs / elapsedMs);
  const rss = against(({ rssBytes }) => rssBytes);
  return time.map((_, i) => ({
    outcome: outcomes[2 * i + 1],
    time: time[i].ratio,
    hot: hot[i].ratio,
    process: process[i].ratio,
    share: share[i].difference,
    rssBytes: rss[i].difference,
  }));
}

function hotMsOf({ hotMs, candles }: CandleOutcome): number {
  return hotMs / candles;
}

function comparisonOf(all: readonly Compared[]): Comparison {
  return {
    time: estimate(all.map(({ time }) => time)),
    hot: estimate(all.map(({ hot }) => hot)),
    process: estimate(all.map(({ process }) => process)),
    share: boundless(estimate(all.map(({ share }) => share))),
    rssBytes: boundless(estimate(all.map(({ rssBytes }) => rssBytes))),
    ownAccount: ownAccountOf(all.map(({ outcome }) => outcome))?.overheadRatio,
  };
}

/** Of too few ratios the lower end is 0; of differences it is nothing at all. */
function boundless(found: Estimate): Estimate {
  return found.high === Infinity ? { ...found, low: -Infinity } : found;
}

function note(name: string, outcomes: readonly CandleOutcome[], timesOfBaseline: number): void {
  cases.push({ name, ns: median(outcomes.map(hotMsOf)) * 1e6, bytes: 0, timesOfBaseline });
}

function describe({ time, hot, process, share, rssBytes }: Comparison, outcomes: readonly CandleOutcome[]): string {
  const perSecond = median(outcomes.map(({ candles, elapsedMs }) => candles / elapsedMs * 1_000));
  const own = ownAccountOf(outcomes);
  const dropped = outcomes.reduce((sum, each) => sum + each.dropped, 0);
  return [
    `${Math.round(perSecond)} candles a second, ${shown(time, times)} the time of a candle`,
    `${shown(hot, times)} the CPU time of the hot thread, ${shown(share, percent)} of it more`,
    `${shown(process, times)} that of the process`,
    `${shown(rssBytes, megabytes)} more`,
    ...(dropped > 0 ? [`${dropped} records dropped`] : []),
    ...(own ? [`by its own account ${percent(own.overheadRatio)} at a rate of ${own.rate.toFixed(3)}`] : []),
  ].join("; ");
}

/** Hotpath's own metrics of an adaptive rate. */
function ownAccountOf(outcomes: readonly CandleOutcome[]): CandleOutcome["sampling"] {
  const all = outcomes.flatMap(({ sampling }) => sampling === undefined ? [] : [sampling]);
  if (all.length === 0) return undefined;
  return {
    rate: median(all.map(({ rate }) => rate)),
    overheadRatio: median(all.map(({ overheadRatio }) => overheadRatio)),
  };
}

/** With its interval, if it has one. */
function shown({ ratio, low, high }: Estimate, textOf: (value: number) => string): string {
  return high === Infinity ? textOf(ratio) : `${textOf(ratio)} [${textOf(low)}, ${textOf(high)}]`;
}

function times(value: number): string {
  return `${value.toFixed(3)} ×`;
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(1)} MiB`;
}
