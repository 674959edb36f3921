/**
 * Parts of PromQL expressions.
 *
 * Prometheus before 3.0 accepts only legacy names and replaces other characters by underscores, so expressions use
 * legacy names.
 *
 * Source: Prometheus, "Querying basics", "Histograms and summaries".
 *
 * @module
 */

import { formatDuration } from "../check/duration.ts";
import type { Definition } from "../model/model.ts";
import { escapeMetricName } from "../model/names.ts";

/** Properties of a metric that its queries depend on. */
export type Metric = Pick<Definition, "type" | "exposedName" | "sketch">;

/** Selected series, and the form in which Prometheus stores histograms. */
export interface Scope {
  /** Matchers without braces: `job="hotpath"`. */
  readonly matchers: string;
  /** Whether histograms are native, rather than classic with one series per bucket. */
  readonly isNative: boolean;
}

/** Returns the scope of all series of a program, by its job. */
export function jobScope({ job, isNative }: { readonly job: string; readonly isNative: boolean }): Scope {
  return { matchers: `job=${quote(job)}`, isNative };
}

/** Quotes text. PromQL understands all escapes of JSON. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** Whether Prometheus stores a metric as a native histogram, which requires exponential buckets. */
export function isNativeHistogram({ type, sketch }: Metric, { isNative }: Scope): boolean {
  return isNative && isHistogram(type) && sketch === "exponential";
}

/** Whether a metric is exposed with buckets. */
export function isHistogram(type: Metric["type"]): boolean {
  return type === "histogram" || type === "timer";
}

/** Selects the series of a metric, or those of its samples with a suffix. */
export function seriesOf({ exposedName }: Pick<Metric, "exposedName">, { matchers }: Scope, suffix = ""): string {
  return `${escapeMetricName(exposedName, "underscores")}${suffix}{${matchers}}`;
}

/** Returns the per-second rate of each series: of a counter's value, or of the number of observations. */
export function rateOf(metric: Metric, scope: Scope, range: string): string {
  if (metric.type === "counter") return `rate(${seriesOf(metric, scope)}[${range}])`;
  if (isNativeHistogram(metric, scope)) return `histogram_count(rate(${seriesOf(metric, scope)}[${range}]))`;
  return `rate(${seriesOf(metric, scope, "_count")}[${range}])`;
}

/**
 * Returns the increase of each series over a range: of a counter's value, of the number of observations, or of that
 * number per bucket.
 *
 * A series that appears has no `increase`, because its first sample is already above zero; here the first sample counts
 * in full. A series is new if it did not exist at the start of the range, unless its `_created` is older, so that only
 * the scrape was missing. Without `_created`, everything counted before the first scrape is new.
 */
export function gainOf(metric: Metric, scope: Scope, rangeMs: number, part: "count" | "bucket" = "count"): string {
  const isNative = isNativeHistogram(metric, scope);
  const series = seriesOf(metric, scope, metric.type === "counter" || isNative ? "" : `_${part}`);
  const range = formatDuration(rangeMs);
  const ignoring = part === "bucket" && !isNative ? " ignoring (le)" : "";
  const old = `${createdOf(metric, scope)} <= time() - ${rangeMs / 1_000}`;
  const gain = `(${series} unless ${series} offset ${range} unless${ignoring} ${old}) or increase(${series}[${range}])`;
  return isNative && part === "count" ? `histogram_count(${gain})` : gain;
}

/** Selects the creation times of a metric's series, which only OpenMetrics exposes as series. */
function createdOf({ type, exposedName }: Metric, scope: Scope): string {
  const stem = type === "counter" ? exposedName.replace(/_total$/, "") : exposedName;
  return seriesOf({ exposedName: stem }, scope, "_created");
}

/** Returns a quantile of a histogram over a range, new series included, by some labels. */
export function quantileOfGain(
  metric: Metric,
  scope: Scope,
  { quantile, by, rangeMs }: { readonly quantile: string; readonly by: readonly string[]; readonly rangeMs: number },
): string {
  const labels = isNativeHistogram(metric, scope) ? by : [...by, "le"];
  return `histogram_quantile(${quantile}, ${sumBy(labels, gainOf(metric, scope, rangeMs, "bucket"))})`;
}

/** Returns a quantile of a histogram over a range, by some labels. */
export function quantileOf(
  metric: Metric,
  scope: Scope,
  { quantile, by, range }: { readonly quantile: string; readonly by: readonly string[]; readonly range: string },
): string {
  return `histogram_quantile(${quantile}, ${bucketsOf(metric, scope, by, `rate`, range)})`;
}

/** Returns the rate or increase of a histogram's buckets over a range, by some labels. */
export function bucketsOf(
  metric: Metric,
  scope: Scope,
  by: readonly string[],
  change: "rate" | "increase",
  range: string,
): string {
  if (isNativeHistogram(metric, scope)) return sumBy(by, `${change}(${seriesOf(metric, scope)}[${range}])`);
  return sumBy([...by, "le"], `${change}(${seriesOf(metric, scope, "_bucket")}[${range}])`);
}

/** Sums an expression by some labels. */
export function sumBy(labels: readonly string[], expression: string): string {
  return labels.length === 0 ? `sum(${expression})` : `sum by (${labels.join(", ")}) (${expression})`;
}
