/**
 * Summaries: quantiles over one sliding window, for those who read them where nothing can compute them from buckets.
 * They cannot be added up over label sets or programs. Values are recorded as a histogram's are.
 *
 * @module
 */

import { checkShare } from "../check/checks.ts";
import { checkDuration, type Duration } from "../check/duration.ts";
import type { Check } from "../check/place.ts";
import type { SketchName, SummarySpec } from "../model/model.ts";
import { checkAscending } from "./buckets.ts";
import type { InstrumentFamily } from "./family.ts";

/**
 * Quantiles of values over a sliding window.
 *
 * @example Latencies of the last ten seconds
 * ```ts
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const latency = metrics.summary("rpc_latency", {
 *   help: "Time to an answer",
 *   unit: "seconds",
 *   window: "10s",
 *   quantiles: [0, 0.5, 1],
 * });
 * for (const seconds of [0.5, 0.25, 1]) latency.observe(seconds);
 *
 * const text = await metrics.scrape();
 * assertStringIncludes(text, 'rpc_latency_seconds{quantile="1"} 1');
 * assertStringIncludes(text, "rpc_latency_seconds_count 3");
 * const { metrics: [{ series: [latencies] }] } = await metrics.snapshot();
 * assertEquals("sum" in latencies && [latencies.sum, latencies.quantiles["0"]], [1.75, 0.25]);
 * ```
 */
export interface Summary {
  /**
   * Records a value. Never throws: NaN and infinities are left out and counted in
   * `hotpath_records_rejected_total`.
   */
  observe(value: number): void;
  /** Starts again without values. */
  reset(): void;
}

/** A summary with labels. */
export type SummaryFamily<Label extends string> = InstrumentFamily<Label, Summary>;

/** What can be said of a summary. */
export interface SummaryOptions {
  /** What it measures, in one sentence. */
  readonly help?: string;
  /** The unit, in base units such as `"bytes"`; none by default. */
  readonly unit?: string;
  /** The label names; with labels, recording goes through `with`. */
  readonly labels?: readonly string[];
  /** The sliding window that quantiles are taken over, 100ms to 24h; `"1m"` by default. Count and sum never end. */
  readonly window?: Duration;
  /** The quantiles, 0 to 1, ascending, at most 32; 0.5, 0.9 and 0.99 by default. */
  readonly quantiles?: readonly number[];
  /** What quantiles are estimated from, see `DistributionOptions`; `"exponential"` by default. */
  readonly sketch?: SketchName;
  /** Whether every call is recorded whatever the sampling rate, and published at once; not by default. */
  readonly critical?: boolean;
}

const WINDOW_DEFAULT = "1m";
const QUANTILES_COUNT_MAX = 32;
const QUANTILES_DEFAULT: readonly number[] = [0.5, 0.9, 0.99];

const checkLength = checkDuration("100ms", "24h");
const checkQuantiles = checkAscending(checkShare, QUANTILES_COUNT_MAX);

/** A sliding window. */
export const checkWindow: Check<SummarySpec["window"]> = (place, given) => {
  const lengthMs = checkLength(place, given);
  return { name: String(given), lengthMs };
};

/**
 * Checks which quantiles a summary is to have, and fills in the defaults.
 *
 * @throws {TypeError} If something has the wrong type
 * @throws {RangeError} If something is out of range
 */
export function checkSummary(
  action: string,
  { window = WINDOW_DEFAULT, quantiles = QUANTILES_DEFAULT }: {
    readonly window?: unknown;
    readonly quantiles?: unknown;
  },
): SummarySpec {
  return Object.freeze({
    window: checkWindow({ action, path: "window" }, window),
    quantiles: checkQuantiles({ action, path: "quantiles" }, quantiles),
  });
}
