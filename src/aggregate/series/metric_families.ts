/**
 * Exposition of a distribution: a histogram with its buckets, the quantiles of its windows as a summary, and its
 * objective, which has no type in the formats, as counters and gauges; of a summary, its quantiles.
 *
 * @module
 */

import type { HistogramPoint, MetricFamily, ScalarPoint, SummaryPoint } from "../../model/families.ts";
import type { Definition, SloObjective } from "../../model/model.ts";
import { sloNames } from "../../model/sample_names.ts";
import { QUANTILES, quantilesOf } from "../../sketch/quantile.ts";
import type { Distribution } from "./distribution.ts";
import type { PlannedWindow } from "./distribution_spec.ts";

/** Series of a family at one moment. */
export interface DistributionPoints {
  /** Owner of the label sets. */
  readonly owner: object;
  /** Sliding windows whose quantiles are exposed; for a summary, its only one. */
  readonly windows: readonly PlannedWindow[];
  /** End of the windows. */
  readonly nowMs: number;
  /** Returns the series, in the same order each time. */
  readonly series: () => Iterable<Distribution>;
}

/** Yields the families of a distribution; values are read together with their points. */
export function* distributionFamilies(definition: Definition, points: DistributionPoints): Generator<MetricFamily> {
  const { exposedName: name, windowName, unit, help, buckets: bounds, slo, sloName, summary } = definition;
  const { owner, windows, series } = points;
  if (summary !== undefined) {
    yield { type: "summary", name, unit, help, owner, points: summaryPoints(summary.quantiles, points) };
    return;
  }
  const about = help === "" ? name : help;
  const histograms: Iterable<HistogramPoint> = series();
  yield { type: "histogram", name, unit, help, owner, bounds, points: histograms };
  if (windows.length > 0) {
    yield {
      type: "summary",
      name: windowName,
      unit,
      help: `${about}, quantiles over sliding windows`,
      owner,
      points: windowPoints(points),
    };
  }
  if (slo !== undefined && sloName !== undefined) yield* sloFamilies(sloNames(sloName), slo, about, points);
}

function* summaryPoints(
  quantiles: readonly number[],
  { windows: [window], nowMs, series }: DistributionPoints,
): Generator<SummaryPoint> {
  for (const each of series()) {
    const { labels, count, sum, createdMs } = each;
    yield { labels, quantiles: quantilesOver(each, window, quantiles, nowMs), count, sum, createdMs };
  }
}

function* windowPoints({ windows, nowMs, series }: DistributionPoints): Generator<SummaryPoint> {
  for (const each of series()) {
    const { labels } = each;
    for (const window of windows) {
      yield { labels, window: window.spec.name, quantiles: quantilesOver(each, window, QUANTILES, nowMs) };
    }
  }
}

function quantilesOver(
  series: Distribution,
  window: PlannedWindow,
  quantiles: readonly number[],
  nowMs: number,
): SummaryPoint["quantiles"] {
  const sketch = series.over(window, nowMs);
  if (sketch === undefined) return quantiles.map((q) => [q, NaN]);
  const values = quantilesOf(sketch, quantiles);
  return quantiles.map((q, i) => [q, values[i]]);
}

function* sloFamilies(
  names: ReturnType<typeof sloNames>,
  { thresholdSeconds, target }: SloObjective,
  about: string,
  points: DistributionPoints,
): Generator<MetricFamily> {
  const { owner } = points;
  yield {
    type: "counter",
    name: names.violations,
    unit: "",
    help: `${about}, durations above the objective's ${thresholdSeconds} seconds`,
    owner,
    points: violationPoints(points),
  };
  yield {
    type: "gauge",
    name: names.compliance,
    unit: "",
    help: `${about}, share of durations up to ${thresholdSeconds} seconds over sliding windows`,
    owner,
    points: sloPoints(points, (count, violations) => (count - violations) / count),
  };
  yield {
    type: "gauge",
    name: names.burnRate,
    unit: "",
    help: `${about}, share of violations over the share that a target of ${target} allows, over sliding windows`,
    owner,
    points: sloPoints(points, (count, violations) => violations / count / (1 - target)),
  };
}

function* violationPoints({ series }: DistributionPoints): Generator<ScalarPoint> {
  for (const { labels, violations, createdMs } of series()) yield { labels, value: violations, createdMs };
}

/** Yields one point for each series and non-empty window. */
function* sloPoints(
  { series, nowMs }: DistributionPoints,
  valueOf: (count: number, violations: number) => number,
): Generator<ScalarPoint> {
  for (const each of series()) {
    const { labels } = each;
    for (const { window, count, violations } of each.windowViolations(nowMs)) {
      yield { labels, window, value: valueOf(count, violations) };
    }
  }
}
