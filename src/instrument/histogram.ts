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
 * A distribution of values.
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
   * Records a value. Never throws: NaN and infinities are rejected and counted in `hotpath_records_rejected_total`. So is
   * a value that takes the series' sum past the largest double, where the sum stays; all else that the series has counts it.
   */
  observe(value: number): void;
  /** The same, whatever the sampling rate, and for all readers to see at once. */
  observeCritical(value: number): void;
  /**
   * Records a value, and says where to read more about it. Exposed are, in OpenMetrics and protobuf, the last exemplar of
   * each classic bucket, and in a native histogram ten from all over the range. While a thread does not come to rest,
   * the newest and the largest are kept. A value that sampling leaves out may have an exemplar. Never throws: an exemplar
   * with a bad label is left out and counted in `hotpath_exemplars_rejected_total`, the value is recorded all the same.
   *
   * @param value As for {@linkcode Histogram.observe}
   * @param exemplar Labels such as the id of a trace: at most 128 code points, names and values together
   *
   * @example Tell the trace of a message
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
  /** Starts again without values. */
  reset(): void;
}

/** A histogram with labels. */
export type HistogramFamily<Label extends string> = InstrumentFamily<Label, Histogram>;

/** What can be said of any distribution. */
export interface DistributionOptions {
  /** What it measures, in one sentence. */
  readonly help?: string;
  /** The label names; with labels, recording goes through `with`. */
  readonly labels?: readonly string[];
  /** Upper bounds of the classic buckets in the text formats, ascending, at most 256. */
  readonly buckets?: readonly number[];
  /**
   * Resolution of the exponential histogram behind the quantiles, −4 to 8: each power of two has
   * 2^schema buckets. 6 by default, which keeps any quantile within 0.55 % of the true value.
   */
  readonly schema?: number;
  /**
   * What quantiles are estimated from. `"exponential"` (the default) keeps their values within 0.55 %. `"tdigest"` keeps
   * their ranks, tightest in the tails, whatever the spread of the values, and takes more time and memory; `schema` says
   * nothing then. Count, sum, min, max and classic buckets are exact either way.
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
  /** Whether every call is recorded whatever the sampling rate, and published at once; not by default. */
  readonly critical?: boolean;
}

/** What can be said of a histogram. */
export interface HistogramOptions extends DistributionOptions {
  /** The unit, in base units such as `"bytes"`; none by default. */
  readonly unit?: string;
}

/** A histogram's series. */
export class RingHistogram extends RingHandle implements Histogram {
  /** A new series of an instrument; `undefined` is the overflow series. */
  constructor(recorder: Recorder, instrument: number, labelValues: readonly string[] | undefined, isCritical: boolean) {
    super(recorder, instrument, labelValues, isCritical, Kind.value);
  }

  /** See {@linkcode Histogram.observe}. */
  observe(value: number): void {
    // False for NaN and both infinities, which a subtraction from themselves turns into NaN.
    if (this.control[0] === this.plainWord && typeof value === "number" && value - value === 0) {
      this.producer.push(value, 0, this.tag);
    } else this.#observeOtherwise(value);
  }

  /** See {@linkcode Histogram.observeCritical}. */
  observeCritical(value: number): void {
    if (typeof value === "number" && value - value === 0) {
      this.offered = value;
      this.offerCritical();
    } else this.#observeOtherwise(value);
  }

  /** See {@linkcode Histogram.observeWithExemplar}. */
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
