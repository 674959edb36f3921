/**
 * Exponential buckets as the fields of a Prometheus native histogram, bucket for bucket: which ones there are as spans
 * of consecutive buckets, how many values they hold as differences from one bucket to the next.
 *
 * Source: Prometheus native histogram specification; spans as `client_golang` makes them.
 *
 * @module
 */

import type { BucketRun, ExponentialBuckets } from "../model/families.ts";

/** So many empty buckets cost less as counts of zero than a new span would. */
const EMPTY_BUCKETS_MAX = 2;
const LENGTH_FIRST = 64;

/** The buckets of one side of zero. Read anew for each histogram, into the same memory. */
export class NativeBuckets {
  /** How many spans there are. */
  spanCount: number = 0;
  /** By span: its first bucket, counted from the end of the span before it; that of the first span from zero. */
  offsets: Int32Array = new Int32Array(LENGTH_FIRST);
  /** By span: how many buckets it has. */
  lengths: Int32Array = new Int32Array(LENGTH_FIRST);
  /** How many buckets there are. */
  deltaCount: number = 0;
  /** By bucket: by how much its count differs from the one before it; that of the first from zero. */
  deltas: Float64Array = new Float64Array(LENGTH_FIRST);

  /** Reads the buckets between the first and the last that hold any. */
  read({ low, counts }: BucketRun): void {
    this.#makeRoom(counts.length);
    const { offsets, lengths, deltas } = this;
    let spanCount = 0;
    let length = 0;
    let deltaCount = 0;
    let last = 0;
    /** Behind the last bucket that holds any. */
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

  /** Has a span of no buckets. */
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

/** The fields of a native histogram. Read anew for each one, into the same memory. */
export class NativeHistogram {
  /** The resolution, −4 to 8. */
  schema: number = 0;
  /** Values up to this far from zero, both ways, are in the zero bucket. */
  zeroThreshold: number = 0;
  /** The count of the zero bucket. */
  zeroCount: number = 0;
  /** Values above zero. */
  readonly positive: NativeBuckets = new NativeBuckets();
  /** Values below zero. */
  readonly negative: NativeBuckets = new NativeBuckets();

  /** Reads exponential buckets. */
  read({ schema, zeroThreshold, zeroCount, positive, negative }: ExponentialBuckets): void {
    this.schema = schema;
    this.zeroThreshold = zeroThreshold;
    this.zeroCount = zeroCount;
    this.positive.read(positive);
    this.negative.read(negative);
    const isBare = zeroThreshold === 0 && zeroCount === 0 && this.positive.spanCount + this.negative.spanCount === 0;
    // A scraper would take it for a classic histogram.
    if (isBare) this.positive.readNoOp();
  }
}
