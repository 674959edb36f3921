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

import type { Definition } from "../model.ts";
import { escapeMetricName } from "../names.ts";

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
