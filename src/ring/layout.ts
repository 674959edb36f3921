/**
 * Where things lie in a ring's buffer. Both sides build their views from here and nowhere else.
 *
 * ```text
 * byte 0      head   int32   written by the producer only, atomically
 * byte 128    tail   int32   moved by the consumer, and by a producer that overwrites, atomically
 *      132    noted  int32   removals that the main thread has acknowledged, atomically
 *      136    claim  int64   who reads, and how many removals readers have freed, see `ReaderClaim`
 *      144    writer int32   whether a producer has the writing end, or has released it, atomically
 * byte 192    taken  i64[8]  added to by readers, atomically, see `TakenCounts`
 * byte 256    counts f64[14]  written by the producer only, plain
 * byte 368    facts  f64[3]   written by the producer, first before its first traced record
 * byte 448    slots          capacity × 32 bytes
 *
 * slot  +0 value f64   +8 time f64 (ms)   +16 series u32   +20 kind u8 | weight u24
 *       +24 context u32                   (only if the kind says that the record is traced)
 * ```
 *
 * A trace's ids do not fit a slot beside a value. They travel once, in records of their own: the first says that from now
 * on a number, the context, stands for a trace; others say what the context's parent is, where it has one. A timing then
 * carries the context's number. Its own is that of its place in the ring, counted from the first record.
 *
 * Each cursor has two cache lines of its own (CPUs prefetch them in pairs). Cursors are counts of
 * records modulo 2³², so all arithmetic on them is int32 and survives their wrap. What a reader has
 * counted lies here, because it outlives the reader.
 *
 * @module
 */

/** Bytes of one record. */
export const RECORD_BYTES = 32;
/** Bytes before the first slot. */
export const HEADER_BYTES = 448;

/** Index of the producer's cursor in {@linkcode RingViews.cursors}. */
export const HEAD = 0;
/** Index of the consumer's cursor in {@linkcode RingViews.cursors}. */
export const TAIL = 32;
/** Index of the removals that the main thread has acknowledged in {@linkcode RingViews.cursors}. */
export const NOTED = 33;
/** Index in {@linkcode RingViews.cursors} of the word that says who has the writing end. */
export const WRITER = 36;
/** Values of that word. */
const Writer = { none: 0, taken: 1, released: 2 } as const;

const CLAIM_OFFSET_BYTES = 136;
const TAKEN_OFFSET_BYTES = 192;
/** How many of the reader's counts there are, see {@linkcode Taken}. */
export const TAKEN_LENGTH = 8;

/** Positions in {@linkcode RingViews.taken}: what readers have done. */
export const Taken = {
  /** Records taken from the ring, by weight. */
  recorded: 0,
  /** How many of them sampling had left out: they came as the weight of others. */
  sampledOut: 1,
  /** Label sets for which there was room on their own thread, but not among those of all threads. */
  overflowed: 2,
  /** Announcements of the producer's that were taken in. */
  admitted: 3,
  /** Values that took a distribution's sum past the largest double. */
  saturated: 4,
} as const;

const COUNTS_OFFSET_BYTES = 256;
/** How many counts there are, see {@linkcode Count}. */
export const COUNTS_LENGTH = 14;
const FACTS_OFFSET_BYTES = 368;
const FACTS_LENGTH = 3;

/** Positions in {@linkcode RingViews.counts}: what the producer could not hand on. */
export const Count = {
  /** Records lost to a full ring, by weight. */
  dropped: 0,
  /** NaN offered. */
  nan: 1,
  /** An infinite value offered. */
  infinite: 2,
  /** A duration below zero. */
  negativeDuration: 3,
  /** A counter asked to go down. */
  counterDecrement: 4,
  /** A gauge callback that threw, rejected, took too long, gave no finite number, or read the metrics. */
  collectFailed: 5,
  /** Label sets that went to the overflow series. */
  overflowed: 6,
  /** Label values that were cut. */
  labelValueTruncated: 7,
  /** An exemplar whose names and values are too long together. */
  exemplarTooLong: 8,
  /** An exemplar that is no label set, or has a name or value that is not allowed. */
  exemplarInvalid: 9,
  /** Exemplars that gave way to others before they were sent. */
  exemplarDropped: 10,
  /** A start or an end that another thread is to be joined with, outside of any trace. */
  outsideTrace: 11,
  /** Listeners that failed. */
  listenerFailed: 12,
  /** Calls of handles whose series is removed. */
  removed: 13,
} as const;

/** Positions in {@linkcode RingViews.facts}: what holds for all of a producer's traced records. */
export const Fact = {
  /** What its clock's milliseconds count from, in milliseconds since the epoch, as of the last look at the wall clock. */
  originMs: 0,
  /** The upper half of the ids of its spans, a random number. */
  salt: 1,
  /** What its clock showed at that look; NaN while the thread looks. */
  clockMs: 2,
} as const;

/** What a record says: a value, or a timing that ended at its time. */
export const Kind = {
  /** A value observed by a histogram. */
  value: 0,
  /** A duration in seconds, measured by a timer. */
  timing: 1,
  /** The value of the series' last record again, for what sampling left out since. */
  leftOut: 2,
  /** A timing inside of a trace. */
  tracedTiming: 5,
  /** A number stands for a trace from now on: value and time are the trace's id. */
  context: 8,
  /** A context's parent: the value is the id of a span. */
  contextParent: 9,
  /** A context that goes by the id of somebody else's span: the value is that id. */
  contextSpan: 10,
  /** A timing began here, to be ended elsewhere. */
  start: 11,
  /** A timing ended here that began elsewhere. */
  end: 12,
} as const;

/** Set in the kind of a timing inside of a trace. */
export const TRACED = 4;
/** Set in the kinds of records that are no values of their series, or have none. */
export const APART = 8;
/** Set in the kind of a traced timing of something that failed. */
export const FAILED = 16;
/** Set in the kind of a traced timing that is the span of its context, and the last of it. */
export const OWN = 32;

/** The series of records that have none. */
export const NO_SERIES: number = 2 ** 32 - 1;

/**
 * Share of a ring that is overwritten at a time. A reader that copies no more than that at a time is done before the next
 * share is due.
 */
export const EVICTED_SHARE: number = 1 / 8;

/** A record's word is `kind | weight << WEIGHT_SHIFT`. */
export const WEIGHT_SHIFT = 8;
/** The weight of a record that stands for itself only. */
export const WEIGHT_ONE: number = 1 << WEIGHT_SHIFT;
/** The largest weight. */
export const WEIGHT_MAX: number = 2 ** (32 - WEIGHT_SHIFT) - 1;

const tag = new Float64Array(1);
const tagWords = new Uint32Array(tag.buffer);

/**
 * The two words of a record of weight one as the double that has their bits: the upper one is so small that this is
 * never NaN, so no bit of it is lost.
 *
 * @param series The series
 * @param kind One of {@linkcode Kind}
 */
export function tagOf(series: number, kind: number): number {
  tagWords[0] = series;
  tagWords[1] = kind | WEIGHT_ONE;
  return tag[0];
}

/** The typed arrays over one ring buffer. */
export interface RingViews {
  /** Records the ring holds, a power of two. */
  readonly capacity: number;
  /** Head and tail, see {@linkcode HEAD} and {@linkcode TAIL}. */
  readonly cursors: Int32Array;
  /** What was lost or refused, see {@linkcode Count}. */
  readonly counts: Float64Array;
  /** Who reads, one word, see `ReaderClaim`. */
  readonly claim: BigInt64Array;
  /** What readers have done, see {@linkcode Taken} and `TakenCounts`. */
  readonly taken: BigInt64Array;
  /** What holds for traced records, see {@linkcode Fact}. */
  readonly facts: Float64Array;
  /** The slots, four to a record: value, time, and two that belong to `words`. */
  readonly doubles: Float64Array;
  /** The same slots, eight to a record: 4 series, 5 kind and weight, 6 context. */
  readonly words: Uint32Array;
}

/**
 * Allocates a ring.
 *
 * @param capacity Records it holds, a power of two
 * @param shared Whether another thread reads it
 */
export function createRing(capacity: number, shared: boolean): ArrayBufferLike {
  const bytes = HEADER_BYTES + capacity * RECORD_BYTES;
  return shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
}

/** The least that a ring can hold: half of it is published at a time. */
const CAPACITY_MIN = 2;

/** Whether something has the size of a ring that another thread can write. */
export function isSharedRing(buffer: unknown): buffer is SharedArrayBuffer {
  if (!(buffer instanceof SharedArrayBuffer)) return false;
  const capacity = (buffer.byteLength - HEADER_BYTES) / RECORD_BYTES;
  return capacity >= CAPACITY_MIN && Number.isInteger(Math.log2(capacity));
}

/** Whether a ring's writing end is taken. */
export function hasWriter(buffer: ArrayBufferLike): boolean {
  return Atomics.load(ringViews(buffer).cursors, WRITER) !== Writer.none;
}

/**
 * Takes the writing end of a ring, which has one writer for good.
 *
 * @returns Whether nobody had it
 */
export function claimWriter(buffer: ArrayBufferLike): boolean {
  const { cursors } = ringViews(buffer);
  return Atomics.compareExchange(cursors, WRITER, Writer.none, Writer.taken) === Writer.none;
}

/** Gives the writing end up, after the last thing that its writer does with it. */
export function releaseWriter(cursors: Int32Array): void {
  Atomics.compareExchange(cursors, WRITER, Writer.taken, Writer.released);
}

/** Whether the writer has released a ring, so that it never writes to it again. */
export function isReleased(buffer: ArrayBufferLike): boolean {
  return Atomics.load(ringViews(buffer).cursors, WRITER) === Writer.released;
}

/** The views over a buffer that {@linkcode createRing} made. */
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
