/**
 * Summaries: quantiles over one sliding window, for readers that cannot compute them from buckets. They cannot be
 * aggregated over label sets or programs. Values are recorded as by histograms.
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
   * Records a value. Never throws: NaN and infinities are rejected and counted in `hotpath_records_rejected_total`.
   */
  observe(value: number): void;
  /** Resets the summary: it has no values afterwards. */
  reset(): void;
}

/** Summary with labels. */
export type SummaryFamily<Label extends string> = InstrumentFamily<Label, Summary>;

/** Options of a summary. */
export interface SummaryOptions {
  /** Description of what it measures, in one sentence. */
  readonly help?: string;
  /** Base unit, such as `"bytes"`; none by default. */
  readonly unit?: string;
  /** Label names; a summary with labels records through `with`. */
  readonly labels?: readonly string[];
  /**
   * Length of the sliding window of the quantiles, 100ms to 24h. Count and sum are cumulative.
   *
   * @default {"1m"}
   */
  readonly window?: Duration;
  /**
   * Quantiles to expose, 0 to 1, ascending, at most 32.
   *
   * @default {[0.5, 0.9, 0.99]}
   */
  readonly quantiles?: readonly number[];
  /**
   * Sketch that quantiles are estimated from, see `DistributionOptions`.
   *
   * @default {"exponential"}
   */
  readonly sketch?: SketchName;
  /**
   * Whether every call is recorded regardless of the sampling rate, and published at once.
   *
   * @default {false}
   */
  readonly critical?: boolean;
}

const WINDOW_DEFAULT = "1m";
const QUANTILES_COUNT_MAX = 32;
const QUANTILES_DEFAULT: readonly number[] = [0.5, 0.9, 0.99];

const checkLength = checkDuration("100ms", "24h");
const checkQuantiles = checkAscending(checkShare, QUANTILES_COUNT_MAX);

/** Checks a sliding window. */
export const checkWindow: Check<SummarySpec["window"]> = (place, given) => {
  const lengthMs = checkLength(place, given);
  return { name: String(given), lengthMs };
};

/**
 * Checks the window and quantiles of a summary, and fills in the defaults.
 *
 * @throws {TypeError} If an option has the wrong type
 * @throws {RangeError} If an option is out of range
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
