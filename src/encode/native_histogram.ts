/**
 * Exponential buckets as the fields of a Prometheus native histogram, bucket for bucket: spans of consecutive populated
 * buckets, and counts as differences from one bucket to the next.
 *
 * Source: Prometheus native histogram specification; spans as in `client_golang`.
 *
 * @module
 */

import type { BucketRun, ExponentialBuckets } from "../model/families.ts";

/** Maximum number of empty buckets that cost less as counts of zero than as a new span. */
const EMPTY_BUCKETS_MAX = 2;
const LENGTH_FIRST = 64;

/** Buckets on one side of zero. Reused for each histogram. */
export class NativeBuckets {
  /** Number of spans. */
  spanCount: number = 0;
  /** First bucket of each span, relative to the end of the previous span; of the first span, relative to zero. */
  offsets: Int32Array = new Int32Array(LENGTH_FIRST);
  /** Number of buckets of each span. */
  lengths: Int32Array = new Int32Array(LENGTH_FIRST);
  /** Number of buckets. */
  deltaCount: number = 0;
  /** Count of each bucket, relative to the previous one; of the first bucket, relative to zero. */
  deltas: Float64Array = new Float64Array(LENGTH_FIRST);

  /** Reads the buckets from the first to the last populated one. */
  read({ low, counts }: BucketRun): void {
    this.#makeRoom(counts.length);
    const { offsets, lengths, deltas } = this;
    let spanCount = 0;
    let length = 0;
    let deltaCount = 0;
    let last = 0;
    /** End of the last populated bucket. */
    let end = -low;
    for (let at = 0; at < counts.length; at++) {
      const count = counts[at];
      if (count === 0) continue;
      const gap = at - end;
      if (spanCount > 0 && gap <= EMPTY_BUCKETS_MAX) {
        for (let i = 0; i < gap; i++, last = 0) deltas[deltaCount++] = 0 - last;
        length += gap;
      } else {
        if (spanCount > 0) lengths[spanCount - 1] = length;
        offsets[spanCount++] = gap;
        length = 0;
      }
      deltas[deltaCount++] = count - last;
      length += 1;
      last = count;
      end = at + 1;
    }
    if (spanCount > 0) lengths[spanCount - 1] = length;
    this.spanCount = spanCount;
    this.deltaCount = deltaCount;
  }

  /** Reads one span without buckets. */
  readNoOp(): void {
    this.offsets[0] = 0;
    this.lengths[0] = 0;
    this.spanCount = 1;
    this.deltaCount = 0;
  }

  #makeRoom(length: number): void {
    if (this.deltas.length >= length) return;
    this.offsets = new Int32Array(length);
    this.lengths = new Int32Array(length);
    this.deltas = new Float64Array(length);
  }
}

/** Fields of a native histogram. Reused for each histogram. */
export class NativeHistogram {
  /** Resolution, −4 to 8. */
  schema: number = 0;
  /** Bound of the zero bucket, in both directions. */
  zeroThreshold: number = 0;
  /** Count of the zero bucket. */
  zeroCount: number = 0;
  /** Buckets above zero. */
  readonly positive: NativeBuckets = new NativeBuckets();
  /** Buckets below zero. */
  readonly negative: NativeBuckets = new NativeBuckets();

  /** Reads exponential buckets. */
  read({ schema, zeroThreshold, zeroCount, positive, negative }: ExponentialBuckets): void {
    this.schema = schema;
    this.zeroThreshold = zeroThreshold;
    this.zeroCount = zeroCount;
    this.positive.read(positive);
    this.negative.read(negative);
    const isBare = zeroThreshold === 0 && zeroCount === 0 && this.positive.spanCount + this.negative.spanCount === 0;
    // Without a span, a scraper would read it as a classic histogram.
    if (isBare) this.positive.readNoOp();
  }
}
