/**
 * What the exposition writes of a summary, and of a histogram or timer: its buckets, the quantiles of its windows as a
 * summary, and its objective as counters and gauges, for which the formats have no word.
 *
 * @module
 */

import type { HistogramPoint, MetricFamily, ScalarPoint, SummaryPoint } from "../../model/families.ts";
import type { Definition, SloObjective } from "../../model/model.ts";
import { sloNames } from "../../model/sample_names.ts";
import type { Distribution } from "./distribution.ts";

/** Any number of series, as often as they are asked for. */
type Series = () => Iterable<Distribution>;

/**
 * The families of a distribution; what they hold is read when their points are.
 *
 * @param definition What it is
 * @param owner What its label sets belong to
 * @param series Gives its series, each time in the same order
 * @param nowMs When its windows end
 * @param hasWindows Whether it has any
 */
export function* distributionFamilies(
  definition: Definition,
  owner: object,
  series: Series,
  nowMs: number,
  hasWindows: boolean,
): Generator<MetricFamily> {
  const { exposedName: name, windowName, unit, help, buckets: bounds, slo, sloName, summary } = definition;
  if (summary !== undefined) {
    yield { type: "summary", name, unit, help, owner, points: summaryPoints(series(), nowMs) };
    return;
  }
  const about = help === "" ? name : help;
  const points: Iterable<HistogramPoint> = series();
  yield { type: "histogram", name, unit, help, owner, bounds, points };
  if (hasWindows) {
    yield {
      type: "summary",
      name: windowName,
      unit,
      help: `${about}, quantiles over sliding windows`,
      owner,
      points: windowPoints(series(), nowMs),
    };
  }
  if (slo !== undefined && sloName !== undefined) {
    yield* sloFamilies(sloNames(sloName), slo, about, owner, series, nowMs);
  }
}

function* summaryPoints(series: Iterable<Distribution>, nowMs: number): Generator<SummaryPoint> {
  for (const each of series) yield each.summaryPoint(nowMs);
}

function* windowPoints(series: Iterable<Distribution>, nowMs: number): Generator<SummaryPoint> {
  for (const each of series) yield* each.windowPoints(nowMs);
}

function* sloFamilies(
  names: ReturnType<typeof sloNames>,
  { thresholdSeconds, target }: SloObjective,
  about: string,
  owner: object,
  series: Series,
  nowMs: number,
): Generator<MetricFamily> {
  yield {
    type: "counter",
    name: names.violations,
    unit: "",
    help: `${about}, durations above the objective's ${thresholdSeconds} seconds`,
    owner,
    points: violationPoints(series()),
  };
  yield {
    type: "gauge",
    name: names.compliance,
    unit: "",
    help: `${about}, share of durations up to ${thresholdSeconds} seconds over sliding windows`,
    owner,
    points: sloPoints(series(), nowMs, (count, violations) => (count - violations) / count),
  };
  yield {
    type: "gauge",
    name: names.burnRate,
    unit: "",
    help: `${about}, share of violations over the share that a target of ${target} allows, over sliding windows`,
    owner,
    points: sloPoints(series(), nowMs, (count, violations) => violations / count / (1 - target)),
  };
}

function* violationPoints(series: Iterable<Distribution>): Generator<ScalarPoint> {
  for (const { labels, violations, createdMs } of series) yield { labels, value: violations, createdMs };
}

/** One point a series and window that holds values. */
function* sloPoints(
  series: Iterable<Distribution>,
  nowMs: number,
  valueOf: (count: number, violations: number) => number,
): Generator<ScalarPoint> {
  for (const each of series) {
    const { labels } = each;
    for (const { window, count, violations } of each.windowViolations(nowMs)) {
      yield { labels, window, value: valueOf(count, violations) };
    }
  }
}
