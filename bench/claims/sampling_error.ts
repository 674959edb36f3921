/**
 * How far counts, means and quantiles at a sampling rate of 3 % are from those of all calls, on values spread as durations
 * are: log-normal, bimodal, and Pareto(1.16), whose mean is hardly finite: nothing can be promised of it, and its interval
 * says so by being wide or missing. Counts must be exact. Reported are the median of the absolute relative errors over the
 * runs, and how often the truth is within the interval of 95 %.
 *
 * Does not measure time: see `sampling_bench.ts`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createMetrics, type Metrics, type WindowSnapshot } from "@hotpath/metrics";
import { median } from "../lib/harness.ts";
import type { Ladder, Ladders } from "../lib/ladder.ts";
import { normal } from "../lib/workload.ts";

const RATE = 0.03;
const CALLS = 200_000;
const RUNS = 30;
const QUANTILES = ["0.5", "0.9", "0.99"] as const;
/** Of the median run, for log-normal and bimodal values: what 6,000 records allow. */
const ERROR_MAX = { "mean": 0.03, "p50": 0.03, "p90": 0.05, "p99": 0.12 } as const;
const COVERED_MIN = 0.8;

const gaussian = normal(Math.random);

/** Values of each distribution. */
const DRAWS: Readonly<Record<string, () => number>> = {
  "log-normal": () => 0.001 * Math.exp(gaussian()),
  "bimodal": () => (Math.random() < 0.8 ? 5e-5 : 5e-3) * Math.exp(0.25 * gaussian()),
  "Pareto(1.16)": () => 1e-4 * (1 - Math.random()) ** (-1 / 1.16),
};
/** Nothing is promised of its mean, nor of what depends on its tail. */
const UNPROMISED = "Pareto(1.16)";

/** An estimate of one run: its relative error, and whether the truth is within its interval. */
interface Outcome {
  readonly error: number;
  readonly isCovered: boolean;
}

/** Outcomes of all runs of one figure. */
interface Figure {
  readonly distribution: string;
  readonly kind: keyof typeof ERROR_MAX;
  readonly outcomes: Outcome[];
}

type Interval = readonly [number | null, number | null];

const figures: Map<string, Figure> = new Map();

function note(
  distribution: string,
  kind: Figure["kind"],
  estimate: number,
  truth: number,
  [low, high]: Interval = [null, null],
): void {
  const name = `${distribution} ${kind}`;
  const figure = figures.get(name) ?? { distribution, kind, outcomes: [] };
  figures.set(name, figure);
  const isCovered = (low === null || low <= truth) && (high === null || truth <= high);
  figure.outcomes.push({ error: Math.abs(estimate / truth - 1), isCovered });
}

/** Observes values of a distribution, and compares what is known of the sample with all of them. */
async function run(metrics: Metrics, distribution: string): Promise<void> {
  const name = `values_${distribution.replaceAll(/\W/g, "_").toLowerCase()}`;
  const histogram = metrics.histogram(name);
  histogram.reset();
  const values = Float64Array.from({ length: CALLS }, DRAWS[distribution]);
  for (const value of values) histogram.observe(value);

  const { metrics: all } = await metrics.snapshot();
  const [series] = all.find((each) => each.name === name)?.series ?? [];
  if (series === undefined || !("windows" in series)) throw new Error(`${distribution} is missing`);
  assertEquals(series.count, CALLS, `${distribution}: a call is not counted`);
  const window = Object.values(series.windows)[0] as WindowSnapshot;
  const truth = values.reduce((sum, value) => sum + value, 0) / CALLS;
  note(distribution, "mean", window.mean ?? NaN, truth, window.confidence?.mean);
  const sorted = values.toSorted();
  for (const q of QUANTILES) {
    const exact = sorted[Math.ceil(Number(q) * CALLS) - 1];
    const kind = `p${Number(q) * 100}` as Figure["kind"];
    note(distribution, kind, window.quantiles[q] ?? NaN, exact, window.confidence?.quantiles[q]);
  }
}

function errorOf({ outcomes }: Figure): number {
  return median(outcomes.map(({ error }) => error));
}

function coveredOf({ outcomes }: Figure): number {
  return outcomes.filter(({ isCovered }) => isCovered).length / outcomes.length;
}

function percent(share: number, digits: number): string {
  return `${(share * 100).toFixed(digits)} %`;
}

const ladder: Ladder = {
  name: `error at a sampling rate of ${RATE * 100} %`,
  cases: [],
  targets: [],
  verify: async () => {
    await using metrics = createMetrics({ aggregation: "inline", windows: ["5m"], sampling: { rate: RATE } });
    for (let i = 0; i < RUNS; i++) for (const distribution of Object.keys(DRAWS)) await run(metrics, distribution);
    return [...figures].map(([name, figure]) =>
      `${name}: off by ${percent(errorOf(figure), 1)}, in its interval ${percent(coveredOf(figure), 0)} of the time`
    );
  },
  judge: () =>
    [...figures].filter(([, { distribution }]) => distribution !== UNPROMISED).flatMap(([name, figure]) => {
      const [error, covered, max] = [errorOf(figure), coveredOf(figure), ERROR_MAX[figure.kind]];
      return [
        ...(error <= max ? [] : [`${name} is off by ${percent(error, 1)}, promised ${percent(max, 0)}`]),
        ...(covered >= COVERED_MIN ? [] : [`${name} is in its interval only ${percent(covered, 0)} of the time`]),
      ];
    }),
};

/** The bench. */
export const ladders: Ladders = { sampling_error: () => ladder };
