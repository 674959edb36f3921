/**
 * Writing end of a ring: claims the next slot, fills it with plain stores, and publishes the cursor once a batch. It
 * keeps a copy of the consumer's cursor and reads the shared one only when the ring seems full, so that a push touches
 * no cache line that the other thread writes.
 *
 * For one thread only. Nothing here allocates, waits or throws. A full ring either drops the newest record, or evicts
 * the oldest eighth in one step, which the reader notices when it commits its copy. Either way lost records are
 * counted.
 *
 * @module
 */

import type { OverflowPolicy } from "../model/model.ts";
import type { Doorbell } from "./doorbell.ts";
import {
  Count,
  EVICTED_SHARE,
  HEAD,
  NO_SERIES,
  NOTED,
  releaseWriter,
  ringViews,
  TAIL,
  WEIGHT_ONE,
  WEIGHT_SHIFT,
} from "./layout.ts";
import { ReaderClaim } from "./reader_claim.ts";

/** Number of records between two publications of the cursor. */
export const PUBLISH_EVERY = 64;
const PUBLISH_INTERVAL_MS = 1;

/** Writes records into a ring. */
export class Producer {
  /** Counts of this thread, see `Count` in the layout. */
  counts: Float64Array;
  /** Properties of this thread's traced records, see `Fact` in the layout. */
  facts: Float64Array;
  #cursors: Int32Array;
  readonly #claim: ReaderClaim;
  readonly #doubles: Float64Array;
  readonly #words: Uint32Array;
  readonly #mask: number;
  readonly #capacity: number;
  readonly #batchMask: number;
  readonly #doorbell: Doorbell;
  readonly #overwrites: boolean;
  #head: number;
  #published: number;
  /** Head at which the ring is full, as of the last read of the tail. */
  #limit: number;
  #publishedAtMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #closedCount: number | undefined;
  /** Whether a record of a weight above one was ever written. */
  #isWeighted = false;

  /** Takes over the writing end of a ring at its current cursors. */
  constructor(buffer: ArrayBufferLike, doorbell: Doorbell, overflow: OverflowPolicy) {
    const views = ringViews(buffer);
    this.#overwrites = overflow === "overwrite-oldest";
    this.counts = views.counts;
    this.facts = views.facts;
    this.#cursors = views.cursors;
    this.#claim = new ReaderClaim(views.claim);
    this.#doubles = views.doubles;
    this.#words = views.words;
    this.#capacity = views.capacity;
    this.#mask = views.capacity - 1;
    this.#batchMask = Math.min(PUBLISH_EVERY, views.capacity >> 1) - 1;
    this.#doorbell = doorbell;
    this.#head = Atomics.load(views.cursors, HEAD);
    this.#published = this.#head;
    this.#limit = (Atomics.load(views.cursors, TAIL) + views.capacity) | 0;
  }

  /**
   * Writes one record of weight one.
   *
   * @param value Value
   * @param timeMs Time by this thread's clock, in milliseconds; 0 if no clock was read
   * @param tag Series and kind, combined by {@linkcode tagOf}: one store instead of two
   */
  push(value: number, timeMs: number, tag: number): void {
    const head = this.#head;
    if (head === this.#limit && !this.#makeRoom(1)) return;
    const slot = (head & this.#mask) * 4;
    const doubles = this.#doubles;
    doubles[slot] = value;
    doubles[slot + 1] = timeMs;
    doubles[slot + 2] = tag;
    this.#advance(head);
  }

  /**
   * Writes one record of weight one that belongs to a trace.
   *
   * @param value Value
   * @param timeMs Time by this thread's clock, in milliseconds
   * @param tag As for {@linkcode Producer.push}
   * @param context Number of the context; 0 for none
   */
  pushTraced(value: number, timeMs: number, tag: number, context: number): void {
    const head = this.#head;
    if (head === this.#limit && !this.#makeRoom(1)) return;
    const slot = (head & this.#mask) * 4;
    const doubles = this.#doubles;
    doubles[slot] = value;
    doubles[slot + 1] = timeMs;
    doubles[slot + 2] = tag;
    this.#words[slot * 2 + 6] = context;
    this.#advance(head);
  }

  /**
   * Writes a record that describes a context.
   *
   * @param kind One of `Kind` in the layout
   * @param context Number of the context
   * @param id Words of an id, four of a trace or two of a span
   */
  pushContext(kind: number, context: number, id: Uint32Array): void {
    const head = this.#head;
    if (head === this.#limit && !this.#makeRoom(1)) return;
    const slot = (head & this.#mask) * 8;
    const words = this.#words;
    for (let i = 0; i < id.length; i++) words[slot + i] = id[i];
    words[slot + 4] = NO_SERIES;
    words[slot + 5] = kind | WEIGHT_ONE;
    words[slot + 6] = context;
    this.#advance(head);
  }

  /**
   * Writes one record that represents several calls.
   *
   * @param value Value
   * @param timeMs As for {@linkcode Producer.push}
   * @param series Id of the series
   * @param kind One of `Kind` in the layout
   * @param weight Number of calls, 1 to {@linkcode WEIGHT_MAX}
   * @param context Number of the context, if the kind is traced
   */
  pushWeighted(
    value: number,
    timeMs: number,
    series: number,
    kind: number,
    weight: number,
    context: number = 0,
  ): void {
    if (weight > 1) this.#isWeighted = true;
    const head = this.#head;
    if (head === this.#limit && !this.#makeRoom(weight)) return;
    const slot = head & this.#mask;
    const doubles = this.#doubles;
    const words = this.#words;
    doubles[slot * 4] = value;
    doubles[slot * 4 + 1] = timeMs;
    // Stored as words: with a large weight, they could be the bits of a NaN, which a double may not preserve.
    words[slot * 8 + 4] = series;
    words[slot * 8 + 5] = kind | (weight << WEIGHT_SHIFT);
    words[slot * 8 + 6] = context;
    this.#advance(head);
  }

  #advance(head: number): void {
    const next = (head + 1) | 0;
    this.#head = next;
    if ((next & this.#batchMask) === 0) this.publish();
  }

  /** Publishes if, by this clock reading, the last time-driven publication was 1 ms ago. */
  publishIfDue(nowMs: number): void {
    if (nowMs - this.#publishedAtMs >= PUBLISH_INTERVAL_MS) {
      this.#publishedAtMs = nowMs;
      this.publish();
    }
  }

  /** Makes the next timing publish regardless of its time, because an injected clock may have been set back. */
  forgetInterval(): void {
    this.#publishedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Makes everything written so far visible to the reader, and wakes the reader if the ring is half full. */
  publish(): void {
    const head = this.#head;
    if (head === this.#published) return;
    this.#published = head;
    Atomics.store(this.#cursors, HEAD, head);
    const half = this.#capacity >> 1;
    if (this.#capacity - ((this.#limit - head) | 0) < half) return;
    const tail = Atomics.load(this.#cursors, TAIL);
    this.#limit = (tail + this.#capacity) | 0;
    if (((head - tail) | 0) >= half) this.#doorbell.ring();
  }

  /** Position of the next record. */
  get head(): number {
    return this.#head;
  }

  /** Number of removals that readers have freed since the ring was created, modulo 2³². */
  get freed(): number {
    return this.#claim.freed;
  }

  /** Number of removals that the main thread has acknowledged since the ring was created, modulo 2³². */
  get noted(): number {
    return Atomics.load(this.#cursors, NOTED);
  }

  /** Number of written records that the reader has not committed. */
  get pending(): number {
    return (this.#head - Atomics.load(this.#cursors, TAIL)) | 0;
  }

  /**
   * Publishes, and blocks this thread until the reader has committed everything or the time-out expires. Only for the
   * exit of a program, when nothing can be awaited any more.
   */
  drainBlocking(timeoutMs: number): void {
    this.publish();
    // Counts sleeps instead of time, because a program may have replaced the clock by one that stands still.
    for (let sleptMs = 0; sleptMs < timeoutMs && this.pending > 0; sleptMs++) {
      this.#doorbell.ring();
      // Sleeps for a millisecond, because the tail is never notified.
      Atomics.wait(this.#cursors, TAIL, Atomics.load(this.#cursors, TAIL), 1);
    }
  }

  /**
   * Publishes, and turns every later push into a no-op.
   *
   * @param countAs Position in `Count` at which later pushes are counted; they are not by default
   */
  close(countAs?: number): void {
    this.publish();
    this.#isClosed = true;
    this.#closedCount = countAs;
    this.#limit = this.#head;
  }

  /** Releases the ring once it is closed. Nothing writes to it afterwards. */
  release(): void {
    const cursors = this.#cursors;
    this.#cursors = cursors.slice();
    this.facts = this.facts.slice();
    this.counts = this.counts.slice();
    releaseWriter(cursors);
  }

  /** Makes room for a record of this weight, or counts the record as dropped. */
  #makeRoom(weight: number): boolean {
    if (this.#isClosed) {
      if (this.#closedCount !== undefined) this.counts[this.#closedCount] += weight;
      return false;
    }
    this.publish();
    let tail = Atomics.load(this.#cursors, TAIL);
    if (this.#head === ((tail + this.#capacity) | 0)) {
      this.#doorbell.ring();
      if (!this.#overwrites) {
        this.counts[Count.dropped] += weight;
        return false;
      }
      tail = this.#evict(tail);
    }
    this.#limit = (tail + this.#capacity) | 0;
    return true;
  }

  /** Evicts the oldest records, unless the reader has just committed some; returns the new tail. */
  #evict(tail: number): number {
    const count = this.#capacity * EVICTED_SHARE;
    const newTail = (tail + count) | 0;
    const found = Atomics.compareExchange(this.#cursors, TAIL, tail, newTail);
    if (found !== tail) return found;
    this.counts[Count.dropped] += this.#isWeighted ? this.#weightOf(tail, count) : count;
    return newTail;
  }

  /** Returns the weight of evicted records, which only this thread writes. */
  #weightOf(tail: number, count: number): number {
    let weight = 0;
    for (let i = 0; i < count; i++) weight += this.#words[((tail + i) & this.#mask) * 8 + 5] >>> WEIGHT_SHIFT;
    return weight;
  }
}
