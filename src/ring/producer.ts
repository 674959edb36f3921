/**
 * The writing end of a ring: claims the next slot, fills it with plain stores, and publishes the
 * cursor once a batch. It holds a copy of the consumer's cursor and looks at shared memory only
 * when the ring seems full, so that a push touches no cache line that the other thread writes.
 *
 * One thread only. Nothing here allocates, waits or throws. A full ring either drops the newest
 * record, or takes the oldest eighth back from the reader in one step, which the reader notices when
 * it commits what it copied; either way what is lost is counted.
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

/** Records between two publications of the cursor. */
export const PUBLISH_EVERY = 64;
const PUBLISH_INTERVAL_MS = 1;

/** Writes records into a ring. */
export class Producer {
  /** What was lost or refused on this thread, see `Count` in the layout. */
  counts: Float64Array;
  /** What holds for this thread's traced records, see `Fact` in the layout. */
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
  /** The head at which the ring is full, as far as the last look at the tail tells. */
  #limit: number;
  #publishedAtMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;
  #closedCount: number | undefined;
  /** Whether a record was ever written that stands for more than itself. */
  #isWeighted = false;

  /** Takes over the writing end of a ring, from wherever its cursors stand. */
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
   * @param value The value
   * @param timeMs When it was, by this thread's clock, in milliseconds; 0 if no clock was read
   * @param tag The series and the kind, as {@linkcode tagOf} puts them together: one store instead of two
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
   * @param value The value
   * @param timeMs When it was, by this thread's clock, in milliseconds
   * @param tag As for {@linkcode Producer.push}
   * @param context The context's number; 0 for none
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
   * Writes a record that says what a context is.
   *
   * @param kind One of `Kind` in the layout
   * @param context The context's number
   * @param id The words of an id, four of a trace or two of a span
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
   * Writes one record that stands for several.
   *
   * @param value The value
   * @param timeMs As for {@linkcode Producer.push}
   * @param series The series it belongs to
   * @param kind One of `Kind` in the layout
   * @param weight How many it stands for, 1 to {@linkcode WEIGHT_MAX}
   * @param context The number of the context that it belongs to, if the kind says so
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
    // As words: with a large weight they could be the bits of a NaN, which a double may not keep.
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

  /** Publishes if by this clock reading the last time-driven publication is 1 ms ago. */
  publishIfDue(nowMs: number): void {
    if (nowMs - this.#publishedAtMs >= PUBLISH_INTERVAL_MS) {
      this.#publishedAtMs = nowMs;
      this.publish();
    }
  }

  /** Has the next timing publish whatever its clock shows, which a program may have set back since the last. */
  forgetInterval(): void {
    this.#publishedAtMs = Number.NEGATIVE_INFINITY;
  }

  /** Makes everything written so far visible to the reader, and wakes it at half full. */
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

  /** The head of the ring: where the next record goes. */
  get head(): number {
    return this.#head;
  }

  /** Removals that readers have freed since the ring was made, modulo 2³². */
  get freed(): number {
    return this.#claim.freed;
  }

  /** Removals that the main thread has acknowledged since the ring was made, modulo 2³². */
  get noted(): number {
    return Atomics.load(this.#cursors, NOTED);
  }

  /** Records written that the reader has not taken yet. */
  get pending(): number {
    return (this.#head - Atomics.load(this.#cursors, TAIL)) | 0;
  }

  /**
   * Publishes, and blocks this thread until the reader has taken everything or the time is up. Only
   * for the very end of a program, when nothing else can wait any more.
   */
  drainBlocking(timeoutMs: number): void {
    this.publish();
    // By sleeps and not by a clock, which a program may have replaced by one that stands still.
    for (let sleptMs = 0; sleptMs < timeoutMs && this.pending > 0; sleptMs++) {
      this.#doorbell.ring();
      // Nobody notifies the tail: this is a sleep of a millisecond.
      Atomics.wait(this.#cursors, TAIL, Atomics.load(this.#cursors, TAIL), 1);
    }
  }

  /**
   * Publishes, and turns every later push into a no-op.
   *
   * @param countAs What later pushes are counted as, see `Count` in the layout; they are not by default
   */
  close(countAs?: number): void {
    this.publish();
    this.#isClosed = true;
    this.#closedCount = countAs;
    this.#limit = this.#head;
  }

  /** Releases the ring once it is closed: nothing here writes to it any more. */
  release(): void {
    const cursors = this.#cursors;
    this.#cursors = cursors.slice();
    this.facts = this.facts.slice();
    this.counts = this.counts.slice();
    releaseWriter(cursors);
  }

  /** Looks for room for a record of that weight; without, counts what is lost. */
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

  /** Takes the oldest records back, unless the reader has just released some; gives the new tail. */
  #evict(tail: number): number {
    const count = this.#capacity * EVICTED_SHARE;
    const newTail = (tail + count) | 0;
    const found = Atomics.compareExchange(this.#cursors, TAIL, tail, newTail);
    if (found !== tail) return found;
    this.counts[Count.dropped] += this.#isWeighted ? this.#weightOf(tail, count) : count;
    return newTail;
  }

  /** What evicted records stand for. Nobody but this thread writes them. */
  #weightOf(tail: number, count: number): number {
    let weight = 0;
    for (let i = 0; i < count; i++) weight += this.#words[((tail + i) & this.#mask) * 8 + 5] >>> WEIGHT_SHIFT;
    return weight;
  }
}
