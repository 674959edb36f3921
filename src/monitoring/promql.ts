/**
 * The parts that PromQL expressions are put together from.
 *
 * Prometheus before 3.0 takes no names but legacy ones, and gets all others with underscores; that is how they are written
 * here, too.
 *
 * Source: Prometheus, "Querying basics", "Histograms and summaries".
 *
 * @module
 */

import { formatDuration } from "../check/duration.ts";
import type { Definition } from "../model/model.ts";
import { escapeMetricName } from "../model/names.ts";

/** What has to be known of a metric to ask for it. */
export type Metric = Pick<Definition, "type" | "exposedName" | "sketch">;

/** Which series are meant, and in which form Prometheus has histograms. */
export interface Scope {
  /** The matchers, without braces: `job="hotpath"`. */
  readonly matchers: string;
  /** Whether histograms are native ones, not classic ones with buckets of their own. */
  readonly isNative: boolean;
}

/** All series of a program, by the job that it is scraped as. */
export function jobScope({ job, isNative }: { readonly job: string; readonly isNative: boolean }): Scope {
  return { matchers: `job=${quote(job)}`, isNative };
}

/** Text in quotes; PromQL escapes as JSON does, of what text can have. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** Whether Prometheus has a metric as a native histogram; what is not counted in exponential buckets stays classic. */
export function isNativeHistogram({ type, sketch }: Metric, { isNative }: Scope): boolean {
  return isNative && isHistogram(type) && sketch === "exponential";
}

/** Whether a metric is exposed with buckets. */
export function isHistogram(type: Metric["type"]): boolean {
  return type === "histogram" || type === "timer";
}

/** The series of a metric, or of those of its samples that end in something. */
export function seriesOf({ exposedName }: Pick<Metric, "exposedName">, { matchers }: Scope, suffix = ""): string {
  return `${escapeMetricName(exposedName, "underscores")}${suffix}{${matchers}}`;
}

/** What each series gains a second: a counter itself, anything else that is counted by the number of its values. */
export function rateOf(metric: Metric, scope: Scope, range: string): string {
  if (metric.type === "counter") return `rate(${seriesOf(metric, scope)}[${range}])`;
  if (isNativeHistogram(metric, scope)) return `histogram_count(rate(${seriesOf(metric, scope)}[${range}]))`;
  return `rate(${seriesOf(metric, scope, "_count")}[${range}])`;
}

/**
 * What each series gains within a time: a counter itself, anything else that is counted by the number of its values or, by
 * bucket, of those up to a bound.
 *
 * A series that appears has no `increase`, whatever it holds already: its first value is all that it has gained. It is new
 * if it was not there at the start of the time, unless its `_created` says that it was, and only the scrape was missing.
 * Where a scraper gets no `_created`, a program that it sees for the first time is judged by all that it has counted.
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

/** When each series of a metric began; OpenMetrics has it, and no other format as a series. */
function createdOf({ type, exposedName }: Metric, scope: Scope): string {
  const stem = type === "counter" ? exposedName.replace(/_total$/, "") : exposedName;
  return seriesOf({ exposedName: stem }, scope, "_created");
}

/** A quantile of all that the series of a histogram gain within a time, new ones included; of all that agree in labels. */
export function quantileOfGain(
  metric: Metric,
  scope: Scope,
  { quantile, by, rangeMs }: { readonly quantile: string; readonly by: readonly string[]; readonly rangeMs: number },
): string {
  const labels = isNativeHistogram(metric, scope) ? by : [...by, "le"];
  return `histogram_quantile(${quantile}, ${sumBy(labels, gainOf(metric, scope, rangeMs, "bucket"))})`;
}

/** A quantile of a histogram over a time, of all series that agree in some labels. */
export function quantileOf(
  metric: Metric,
  scope: Scope,
  { quantile, by, range }: { readonly quantile: string; readonly by: readonly string[]; readonly range: string },
): string {
  return `histogram_quantile(${quantile}, ${bucketsOf(metric, scope, by, `rate`, range)})`;
}

/** What the buckets of a histogram gain within a time, of all series that agree in some labels. */
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

/** A sum over all series that agree in some labels. */
export function sumBy(labels: readonly string[], expression: string): string {
  return labels.length === 0 ? `sum(${expression})` : `sum by (${labels.join(", ")}) (${expression})`;
}
