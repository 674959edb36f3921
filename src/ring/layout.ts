/**
 * Memory map of a ring. Both ends build their views here and nowhere else.
 *
 * ```text
 * byte 0      head   int32   written by the producer only, atomically
 * byte 128    tail   int32   moved by the consumer, and by a producer that overwrites, atomically
 *      132    noted  int32   removals that the main thread has acknowledged, atomically
 *      136    claim  int64   number of the reader, and of the removals that readers have freed, see `ReaderClaim`
 *      144    writer int32   whether a producer has claimed the writing end, or released it, atomically
 * byte 192    taken  i64[8]  added to by readers, atomically, see `TakenCounts`
 * byte 256    counts f64[14]  written by the producer only, plain
 * byte 368    facts  f64[3]   written by the producer, first before its first traced record
 * byte 448    slots          capacity × 32 bytes
 *
 * slot  +0 value f64   +8 time f64 (ms)   +16 series u32   +20 kind u8 | weight u24
 *       +24 context u32                   (only if the kind says that the record is traced)
 * ```
 *
 * The ids of a trace do not fit into a slot beside a value. They are written once, in separate records: the first
 * assigns a number, the context, to a trace; others carry the parent of the context, if it has one. Timings then carry
 * the number of their context. A timing's own number is its position in the ring, counted from the first record.
 *
 * Each cursor has its own two cache lines, because CPUs prefetch them in pairs. Cursors are counts of records modulo
 * 2³², so all arithmetic on them is int32 and survives their wrap. The counts of readers are stored here because they
 * outlive a reader.
 *
 * @module
 */

/** Bytes of one record. */
export const RECORD_BYTES = 32;
/** Bytes before the first slot. */
export const HEADER_BYTES = 448;

/** Index in {@linkcode RingViews.cursors} of the producer's cursor. */
export const HEAD = 0;
/** Index in {@linkcode RingViews.cursors} of the consumer's cursor. */
export const TAIL = 32;
/** Index in {@linkcode RingViews.cursors} of the removals that the main thread has acknowledged. */
export const NOTED = 33;
/** Index in {@linkcode RingViews.cursors} of the state of the writing end. */
export const WRITER = 36;
/** States of the writing end. */
const Writer = { none: 0, taken: 1, released: 2 } as const;

const CLAIM_OFFSET_BYTES = 136;
const TAKEN_OFFSET_BYTES = 192;
/** Number of counts of readers, see {@linkcode Taken}. */
export const TAKEN_LENGTH = 8;

/** Positions in {@linkcode RingViews.taken}: counts of readers. */
export const Taken = {
  /** Records taken from the ring, by weight. */
  recorded: 0,
  /** The part of those that was sampled out and came as the weight of other records. */
  sampledOut: 1,
  /** Label sets that exceeded the cap on the series of all threads, but not that of their own thread. */
  overflowed: 2,
  /** Announcements of the producer that were processed. */
  admitted: 3,
  /** Values that would have raised the sum of a distribution above the largest double. */
  saturated: 4,
} as const;

const COUNTS_OFFSET_BYTES = 256;
/** Number of counts of the producer, see {@linkcode Count}. */
export const COUNTS_LENGTH = 14;
const FACTS_OFFSET_BYTES = 368;
const FACTS_LENGTH = 3;

/** Positions in {@linkcode RingViews.counts}: values that the producer dropped, rejected or truncated. */
export const Count = {
  /** Records dropped by a full ring, by weight. */
  dropped: 0,
  /** Values that are NaN. */
  nan: 1,
  /** Infinite values. */
  infinite: 2,
  /** Durations below zero. */
  negativeDuration: 3,
  /** Negative amounts for a counter. */
  counterDecrement: 4,
  /** Gauge callbacks that threw, rejected, timed out, did not return a finite number, or read the metrics. */
  collectFailed: 5,
  /** Label sets that were assigned to the overflow series. */
  overflowed: 6,
  /** Label values that were truncated. */
  labelValueTruncated: 7,
  /** Exemplars whose names and values together are too long. */
  exemplarTooLong: 8,
  /** Exemplars that are not a label set, or have an invalid name or value. */
  exemplarInvalid: 9,
  /** Exemplars that were replaced by others before they were sent. */
  exemplarDropped: 10,
  /** Starts and ends of timings across threads, outside of any trace. */
  outsideTrace: 11,
  /** Listeners that threw or rejected. */
  listenerFailed: 12,
  /** Calls on handles whose series is removed. */
  removed: 13,
} as const;

/** Positions in {@linkcode RingViews.facts}: properties of all traced records of a producer. */
export const Fact = {
  /** Origin of the producer's clock in milliseconds since the epoch, as of the last check against the wall clock. */
  originMs: 0,
  /** Upper half of the ids of the producer's spans, a random number. */
  salt: 1,
  /** Reading of the producer's clock at that check; NaN during the check. */
  clockMs: 2,
} as const;

/** Kinds of records. */
export const Kind = {
  /** A value that a histogram observed. */
  value: 0,
  /** A duration in seconds of a timing that ended at the record's time. */
  timing: 1,
  /** The value of the series' last record again, weighing the calls that were sampled out since. */
  sampledOut: 2,
  /** A timing inside of a trace. */
  tracedTiming: 5,
  /** Assigns a number to a trace: value and time are the trace's id. */
  context: 8,
  /** The parent of a context: the value is the id of a span. */
  contextParent: 9,
  /** A context whose span was opened by another tracing system: the value is the id of that span. */
  contextSpan: 10,
  /** A timing started on this thread, to be ended on another. */
  start: 11,
  /** A timing ended on this thread that started on another. */
  end: 12,
} as const;

/** Set in the kind of a timing inside of a trace. */
export const TRACED = 4;
/** Set in the kinds of records that are not a value of their series, or have no series. */
export const APART = 8;
/** Set in the kind of a traced timing of a failed operation. */
export const FAILED = 16;
/** Set in the kind of a traced timing that is the span of its context, and the context's last record. */
export const OWN = 32;

/** Series of records that have none. */
export const NO_SERIES: number = 2 ** 32 - 1;

/**
 * Share of a ring that is overwritten at a time. A reader that copies at most that much at a time finishes before the
 * next share is due.
 */
export const EVICTED_SHARE: number = 1 / 8;

/** A record's word is `kind | weight << WEIGHT_SHIFT`. */
export const WEIGHT_SHIFT = 8;
/** Weight of a record that represents a single call, shifted. */
export const WEIGHT_ONE: number = 1 << WEIGHT_SHIFT;
/** Largest weight. */
export const WEIGHT_MAX: number = 2 ** (32 - WEIGHT_SHIFT) - 1;

const tag = new Float64Array(1);
const tagWords = new Uint32Array(tag.buffer);

/**
 * Series and kind of a record of weight one, as the double that has the bits of both words. The upper word is so small
 * that the double is never NaN, so no bit is lost.
 *
 * @param series Id of the series
 * @param kind One of {@linkcode Kind}
 */
export function tagOf(series: number, kind: number): number {
  tagWords[0] = series;
  tagWords[1] = kind | WEIGHT_ONE;
  return tag[0];
}

/** Typed arrays over one ring. */
export interface RingViews {
  /** Number of records that the ring holds, a power of two. */
  readonly capacity: number;
  /** Cursors, see {@linkcode HEAD} and {@linkcode TAIL}. */
  readonly cursors: Int32Array;
  /** Counts of the producer, see {@linkcode Count}. */
  readonly counts: Float64Array;
  /** Claim of the reader, one word, see `ReaderClaim`. */
  readonly claim: BigInt64Array;
  /** Counts of readers, see {@linkcode Taken} and `TakenCounts`. */
  readonly taken: BigInt64Array;
  /** Properties of traced records, see {@linkcode Fact}. */
  readonly facts: Float64Array;
  /** Slots, four elements a record: value, time, and two that belong to `words`. */
  readonly doubles: Float64Array;
  /** The same slots, eight elements a record: 4 series, 5 kind and weight, 6 context. */
  readonly words: Uint32Array;
}

/**
 * Allocates a ring.
 *
 * @param capacity Number of records that it holds, a power of two
 * @param shared Whether another thread reads it
 */
export function createRing(capacity: number, shared: boolean): ArrayBufferLike {
  const bytes = HEADER_BYTES + capacity * RECORD_BYTES;
  return shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}

/** Smallest capacity: half of it is published at a time. */
const CAPACITY_MIN = 2;

/** Whether a value has the type and size of a ring that another thread can write. */
export function isSharedRing(buffer: unknown): buffer is SharedArrayBuffer {
  if (!(buffer instanceof SharedArrayBuffer)) return false;
  const capacity = (buffer.byteLength - HEADER_BYTES) / RECORD_BYTES;
  return capacity >= CAPACITY_MIN && Number.isInteger(Math.log2(capacity));
}

/** Whether the writing end of a ring is, or was, claimed. */
export function hasWriter(buffer: ArrayBufferLike): boolean {
  return Atomics.load(ringViews(buffer).cursors, WRITER) !== Writer.none;
}

/**
 * Claims the writing end of a ring permanently.
 *
 * @returns Whether it was free
 */
export function claimWriter(buffer: ArrayBufferLike): boolean {
  const { cursors } = ringViews(buffer);
  return Atomics.compareExchange(cursors, WRITER, Writer.none, Writer.taken) === Writer.none;
}

/** Releases the writing end, after the last write. */
export function releaseWriter(cursors: Int32Array): void {
  Atomics.compareExchange(cursors, WRITER, Writer.taken, Writer.released);
}

/** Whether the writer has released a ring, and so never writes to it again. */
export function isReleased(buffer: ArrayBufferLike): boolean {
  return Atomics.load(ringViews(buffer).cursors, WRITER) === Writer.released;
}

/** Returns views over a buffer of {@linkcode createRing}. */
export function ringViews(buffer: ArrayBufferLike): RingViews {
  return {
    capacity: (buffer.byteLength - HEADER_BYTES) / RECORD_BYTES,
    cursors: new Int32Array(buffer, 0, TAKEN_OFFSET_BYTES / 4),
    claim: new BigInt64Array(buffer, CLAIM_OFFSET_BYTES, 1),
    taken: new BigInt64Array(buffer, TAKEN_OFFSET_BYTES, TAKEN_LENGTH),
    counts: new Float64Array(buffer, COUNTS_OFFSET_BYTES, COUNTS_LENGTH),
    facts: new Float64Array(buffer, FACTS_OFFSET_BYTES, FACTS_LENGTH),
    doubles: new Float64Array(buffer, HEADER_BYTES),
    words: new Uint32Array(buffer, HEADER_BYTES),
  };
}
