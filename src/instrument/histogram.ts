/**
 * Histograms: distributions of values such as sizes. Each value is one record in the ring.
 *
 * @module
 */

import type { Labels, SketchName } from "../model/model.ts";
import type { Recorder } from "../record/recorder.ts";
import { Count, Kind } from "../ring/layout.ts";
import type { InstrumentFamily } from "./family.ts";
import { countRejected } from "./rejected.ts";
import { RingHandle } from "./sampled.ts";

/**
 * Distribution of values.
 *
 * @example Sizes of messages
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const size = metrics.histogram("message_bytes", { help: "Message size", unit: "bytes" });
 * size.observe(512);
 * size.observe(1_024);
 * const { metrics: [{ series: [bytes] }] } = await metrics.snapshot();
 * assertEquals("sum" in bytes && [bytes.count, bytes.sum, bytes.max], [2, 1_536, 1_024]);
 * ```
 */
export interface Histogram {
  /**
   * Records a value. Never throws: NaN and infinities are rejected and counted in `hotpath_records_rejected_total`. A
   * value that would raise the sum of the series above the largest double is counted there too; it leaves the sum
   * unchanged, and is recorded otherwise.
   */
  observe(value: number): void;
  /** Records a value regardless of the sampling rate, and publishes it at once. */
  observeCritical(value: number): void;
  /**
   * Records a value with an exemplar. OpenMetrics and protobuf expose the last exemplar of each classic bucket, and
   * native histograms ten from the whole range. Until a thread yields to the event loop, its newest and largest
   * exemplars are kept. A value that is sampled out may have an exemplar. Never throws: an exemplar with an invalid
   * label is rejected and counted in `hotpath_exemplars_rejected_total`; the value is still recorded.
   *
   * @param value As for {@linkcode Histogram.observe}
   * @param exemplar Labels such as the id of a trace: at most 128 code points, names and values together
   *
   * @example Link a message to its trace
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics({ aggregation: "inline" });
   * const size = metrics.histogram("message_bytes", { help: "Message size", unit: "bytes" });
   * size.observeWithExemplar(512, { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" });
   * const { metrics: [{ series: [bytes] }] } = await metrics.snapshot();
   * assertEquals("sum" in bytes && [bytes.count, bytes.sum], [1, 512]);
   * ```
   */
  observeWithExemplar(value: number, exemplar: Labels): void;
  /** Resets the histogram: it has no values afterwards. */
  reset(): void;
}

/** Histogram with labels. */
export type HistogramFamily<Label extends string> = InstrumentFamily<Label, Histogram>;

/** Options of any distribution. */
export interface DistributionOptions {
  /** Description of what it measures, in one sentence. */
  readonly help?: string;
  /** Label names; a distribution with labels records through `with`. */
  readonly labels?: readonly string[];
  /** Upper bounds of the classic buckets in the text formats, ascending, at most 256. */
  readonly buckets?: readonly number[];
  /**
   * Resolution of the exponential histogram behind the quantiles, −4 to 8: each power of two has 2^schema buckets. Schema
   * 6 keeps any quantile within 0.55 % of the true value.
   *
   * @default {6}
   */
  readonly schema?: number;
  /**
   * Sketch that quantiles are estimated from. `"exponential"` bounds the error of their values, to 0.55 % by default.
   * `"tdigest"` bounds the error of their ranks, most tightly in the tails, whatever the spread of the values; it takes
   * more time and memory, and ignores `schema`. Count, sum, min, max and classic buckets are exact either way.
   *
   * @default {"exponential"}
   *
   * @example A t-digest
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics({ aggregation: "inline" });
   * const size = metrics.histogram("message_bytes", { unit: "bytes", sketch: "tdigest" });
   * for (let bytes = 1; bytes <= 1_001; bytes++) size.observe(bytes);
   * const { metrics: [{ series: [bytes] }] } = await metrics.snapshot();
   * assertEquals("quantiles" in bytes && bytes.quantiles["0.999"], 1_000);
   * ```
   */
  readonly sketch?: SketchName;
  /**
   * Whether every call is recorded regardless of the sampling rate, and published at once.
   *
   * @default {false}
   */
  readonly critical?: boolean;
}

/** Options of a histogram. */
export interface HistogramOptions extends DistributionOptions {
  /** Base unit, such as `"bytes"`; none by default. */
  readonly unit?: string;
}

/** Series of a histogram. */
export class RingHistogram extends RingHandle implements Histogram {
  /** Creates a series of an instrument; `undefined` creates the overflow series. */
  constructor(recorder: Recorder, instrument: number, labelValues: readonly string[] | undefined, isCritical: boolean) {
    super(recorder, instrument, labelValues, isCritical, Kind.value);
  }

  observe(value: number): void {
    // False for NaN and both infinities: subtracted from themselves, they are NaN.
    if (this.control[0] === this.plainWord && typeof value === "number" && value - value === 0) {
      this.producer.push(value, 0, this.tag);
    } else this.#observeOtherwise(value);
  }

  observeCritical(value: number): void {
    if (typeof value === "number" && value - value === 0) {
      this.offered = value;
      this.offerCritical();
    } else this.#observeOtherwise(value);
  }

  observeWithExemplar(value: number, exemplar: Labels): void {
    this.observe(value);
    if (typeof value === "number" && value - value === 0) this.offerExemplar(value, exemplar);
  }

  #observeOtherwise(value: number): void {
    if (typeof value === "number" && value - value === 0) {
      this.offered = value;
      this.offer();
    } else if (this.isEnabled) countRejected(this.producer.counts, value, Count.nan);
  }
}
