/**
 * How far counts, means and quantiles at a sampling rate of 3 % are from those of all calls, on values as durations are
 * spread: log-normal, bimodal, and Pareto(1.16), whose mean is hardly finite: nothing can be promised of it, and its
 * interval says so by being wide or missing. Counts are exact. The median of the absolute relative errors over the runs, and
 * how often the truth lies in the interval of 95 %.
 *
 * Does not measure time.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createMetrics, type Metrics, type WindowSnapshot } from "@hotpath/metrics";
import { type Case, type Ladder, type Ladders, median } from "../lib/harness.ts";

const RATE = 0.03;
const CALLS = 200_000;
const RUNS = 30;
const QUANTILES = ["0.5", "0.9", "0.99"] as const;
/** Of the median run, for log-normal and bimodal values: what 6,000 records allow. */
const ERROR_MAX = { mean: 0.03, "0.5": 0.03, "0.9": 0.05, "0.99": 0.12 } as const;
const COVERED_MIN = 0.8;

type Draw = () => number;

const DRAWS: Readonly<Record<string, Draw>> = {
  "log-normal": () => 0.001 * Math.exp(normal()),
  "bimodal": () => (Math.random() < 0.8 ? 5e-5 : 5e-3) * Math.exp(0.25 * normal()),
  "Pareto(1.16)": () => 1e-4 * (1 - Math.random()) ** (-1 / 1.16),
};

/** Outcome of a run: estimates over truths, and whether the intervals hold. */
interface Outcome {
  readonly error: number;
  readonly isCovered: boolean;
}

const outcomes: Map<string, Outcome[]> = new Map();
let failure: string | undefined;

const metrics: Metrics = createMetrics({ aggregation: "inline", windows: ["5m"], sampling: { rate: RATE } });

function noteRun(name: string): void {
  const draw = DRAWS[name];
  const histogram = metrics.histogram(`values_${name.replaceAll(/\W/g, "_").toLowerCase()}`);
  histogram.reset();
  const values = Float64Array.from({ length: CALLS }, draw);
  for (const value of values) histogram.observe(value);
  pending.push({ name, values });
}

const pending: { readonly name: string; readonly values: Float64Array }[] = [];

async function judgeRuns(): Promise<void> {
  for (const { name, values } of pending.splice(0)) {
    const { metrics: all } = await metrics.snapshot();
    const metric = all.find((each) => each.name === `values_${name.replaceAll(/\W/g, "_").toLowerCase()}`);
    const [series] = metric?.series ?? [];
    if (series === undefined || !("windows" in series)) throw new Error(`${name} is missing`);
    if (series.count !== CALLS) failure = `${name}: ${series.count} calls instead of ${CALLS}`;
    const window = Object.values(series.windows)[0] as WindowSnapshot;
    const sorted = values.toSorted();
    const truth = values.reduce((sum, value) => sum + value, 0) / CALLS;
    note(`${name} mean`, window.mean ?? NaN, truth, window.confidence?.mean);
    for (const q of QUANTILES) {
      const exact = sorted[Math.ceil(Number(q) * CALLS) - 1];
      note(`${name} p${Number(q) * 100}`, window.quantiles[q] ?? NaN, exact, window.confidence?.quantiles[q]);
    }
  }
}

function note(
  name: string,
  estimate: number,
  truth: number,
  interval: readonly [number | null, number | null] = [null, null],
): void {
  const [low, high] = interval;
  const isCovered = (low === null || low <= truth) && (high === null || truth <= high);
  const known = outcomes.get(name) ?? [];
  outcomes.set(name, [...known, { error: Math.abs(estimate / truth - 1), isCovered }]);
}

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

const cases: Case[] = Object.keys(DRAWS).map((name) => ({
  name,
  burst: CALLS,
  isIndivisible: true,
  run: () => noteRun(name),
  settle: judgeRuns,
}));

const ladder: Ladder = {
  name: `error at a sampling rate of ${RATE * 100} %`,
  cases,
  targets: [],
  verify: async () => {
    for (let run = 0; run < RUNS; run++) {
      for (const name of Object.keys(DRAWS)) noteRun(name);
      await judgeRuns();
    }
    await metrics.close();
    assertEquals(failure, undefined);
    return [...outcomes].map(([name, runs]) => {
      const error = median(runs.map(({ error }) => error));
      const covered = runs.filter(({ isCovered }) => isCovered).length / runs.length;
      return `${name}: off by ${(error * 100).toFixed(1)} %, in its interval ${
        (covered * 100).toFixed(0)
      } % of the time`;
    });
  },
  judge: () =>
    [...outcomes].filter(([name]) => !name.startsWith("Pareto")).flatMap(([name, runs]) => {
      const [, kind] = name.split(/ p?(?=[^ ]+$)/);
      const max = kind === "mean" ? ERROR_MAX.mean : ERROR_MAX[String(Number(kind) / 100) as keyof typeof ERROR_MAX];
      const error = median(runs.map((each) => each.error));
      const covered = runs.filter(({ isCovered }) => isCovered).length / runs.length;
      return [
        ...(error <= max ? [] : [`${name} is off by ${(error * 100).toFixed(1)} %, promised ${max * 100} %`]),
        ...(covered >= COVERED_MIN
          ? []
          : [`${name} is in its interval only ${(covered * 100).toFixed(0)} % of the time`]),
      ];
    }),
};

/** The bench. */
export const ladders: Ladders = { sampling_error: () => ladder };
