/**
 * Limits of the heap of the aggregator's worker.
 *
 * V8 lets the old generation grow to four times its live size before it is collected, and to less than twice if its limit
 * is below 2 GB. The aggregator's state is bounded by its settings, but spans, frames and label sets live long
 * enough to reach the old generation before they are dropped, so without a limit most of its memory is garbage.
 *
 * The limit is generous and should never be reached. A worker that reaches it ends alone and is restarted, whereas
 * exhausting a heap without its own limit ends the program.
 *
 * @module
 */

/** Settings that the limit depends on. */
export interface HeapNeeds {
  /** Series before label sets go to the overflow series. */
  readonly seriesMax: number;
  /** Windows of each distribution. */
  readonly windows: number;
  /** Bytes of kept traces, and of those that were evicted since the last collection. */
  readonly traceBytesMax: number;
}

/**
 * Megabytes of the young generation. Without a limit, V8 keeps three parts of 16 MB regardless of their content, and
 * the aggregator's thread allocates fast enough to make all of them resident.
 */
export const YOUNG_HEAP_MB = 8;

const MEGABYTE = 2 ** 20;
/** Bytes for snapshots, scrapes, frames of the live feed and state of feeds. */
const BASE_BYTES = 256 * MEGABYTE;
/** Bytes per series: 1.5 times the size of a busy timer, whose counts are outside of the heap. */
const SERIES_BYTES = 6_144;
const WINDOW_BYTES = 7_680;
/** Limits from this size on change only when the worker ends. */
const LIMIT_BYTES_MAX = 2_000 * MEGABYTE;

/** Returns the limit of the old generation in megabytes; `undefined` to let V8 choose. */
export function heapLimitMb({ seriesMax, windows, traceBytesMax }: HeapNeeds): number | undefined {
  const bytes = BASE_BYTES + seriesMax * (SERIES_BYTES + windows * WINDOW_BYTES) + traceBytesMax;
  return bytes > LIMIT_BYTES_MAX ? undefined : Math.ceil(bytes / MEGABYTE);
}
