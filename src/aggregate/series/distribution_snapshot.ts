/**
 * JSON snapshot of a distribution.
 *
 * @module
 */

import type { Labels } from "../../model/model.ts";
import type { Confidence, DistributionSeriesSnapshot, WindowSnapshot } from "../../model/snapshot.ts";
import { LEVEL, meanInterval, quantileIntervals, samplingRateOf } from "../../sketch/confidence.ts";
import { QUANTILES, quantilesOf } from "../../sketch/quantile.ts";
import { Moment, type Sketch } from "../../sketch/sketch.ts";
import type { TDigest } from "../../sketch/tdigest.ts";
import type { DistributionSpec, PlannedWindow } from "./distribution_spec.ts";
import { sloSnapshot } from "./slo.ts";

/** State of a distribution at one moment. */
export interface DistributionContent {
  /** Label set. */
  readonly labels: Labels;
  /** Sum of all values. */
  readonly sum: number;
  /** All values. */
  readonly lifetime: Sketch | TDigest;
  /** Cumulative counts by bound, without `+Inf`. */
  readonly bucketCounts: readonly number[];
  /** Returns the values of a window. */
  readonly over: (window: PlannedWindow) => Sketch | TDigest;
}

/** Returns the snapshot of a distribution. */
export function distributionSnapshot(
  { labels, sum, lifetime, bucketCounts, over }: DistributionContent,
  { slo, plan, quantiles: asked = QUANTILES }: DistributionSpec,
): DistributionSeriesSnapshot {
  const { count, mean, max, quantiles } = summaryOf(lifetime, asked);
  const windows: Record<string, WindowSnapshot> = {};
  for (const window of plan.windows) {
    const sketch = over(window);
    const summary = summaryOf(sketch, asked);
    const confidence = confidenceOf(sketch, asked);
    windows[window.spec.name] = {
      ...summary,
      rate: summary.count / (window.spec.lengthMs / 1_000),
      ...(slo !== undefined && { violations: sketch.moments[Moment.violations] }),
      ...(confidence !== undefined && { confidence }),
    };
  }
  return {
    labels,
    count,
    sum,
    min: count === 0 ? null : lifetime.moments[Moment.min],
    max,
    mean,
    quantiles,
    windows,
    bucketCounts,
    ...(slo !== undefined && {
      slo: sloSnapshot(slo.objective, lifetime.moments[Moment.violations], count, windows),
    }),
  };
}

type Summary = Pick<WindowSnapshot, "count" | "mean" | "max" | "quantiles">;

function summaryOf(sketch: Sketch | TDigest, asked: readonly number[]): Summary {
  const { moments } = sketch;
  const count = moments[Moment.count];
  if (count === 0) return { count, mean: null, max: null, quantiles: named(asked, asked.map(() => null)) };
  return {
    count,
    mean: moments[Moment.sum] / count,
    max: moments[Moment.max],
    quantiles: named(asked, quantilesOf(sketch, asked)),
  };
}

/** Returns the confidence; `undefined` if every record represents one call, so that the values are exact. */
function confidenceOf(sketch: Sketch | TDigest, asked: readonly number[]): Confidence | undefined {
  const { moments } = sketch;
  if (moments[Moment.squaredWeights] === moments[Moment.count]) return undefined;
  return {
    samplingRate: samplingRateOf(moments),
    level: LEVEL,
    mean: meanInterval(sketch),
    quantiles: named(asked, quantileIntervals(sketch, asked)),
  };
}

function named<Value>(quantiles: readonly number[], values: readonly Value[]): Readonly<Record<string, Value>> {
  return Object.fromEntries(quantiles.map((q, i) => [String(q), values[i]]));
}
