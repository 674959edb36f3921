/**
 * The writing end of a ring: claims the next slot, fills it with plain stores, and publishes the
 * cursor once a batch. It holds a copy of the consumer's cursor and looks at shared memory only
 * when the ring seems full, so that a push touches no cache line that the other thread writes.
 *
 * One thread only. Nothing here allocates, waits or throws; a full ring drops the newest record
 * and counts it.
 *
 * @module
 */

import type { Doorbell } from "./doorbell.ts";
import { Count, HEAD, ringViews, TAIL, WEIGHT_ONE } from "./layout.ts";

/** Records between two publications of the cursor. */
export const PUBLISH_EVERY = 64;
const PUBLISH_INTERVAL_MS = 1;

/** Writes records into a ring. */
export class Producer {
  /** What was lost or refused on this thread, see `Count` in the layout. */
  readonly counts: Float64Array;
  readonly #cursors: Int32Array;
  readonly #doubles: Float64Array;
  readonly #words: Uint32Array;
  readonly #mask: number;
  readonly #capacity: number;
  readonly #batchMask: number;
  readonly #doorbell: Doorbell;
  #head: number;
  #published: number;
  /** The head at which the ring is full, as far as the last look at the tail tells. */
  #limit: number;
  #publishedAtMs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  /** Takes over the writing end of a ring, from wherever its cursors stand. */
  constructor(buffer: ArrayBufferLike, doorbell: Doorbell) {
    const views = ringViews(buffer);
    this.counts = views.counts;
    this.#cursors = views.cursors;
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
   * @param series The series it belongs to
   * @param kind One of `Kind` in the layout
   */
  push(value: number, timeMs: number, series: number, kind: number): void {
    const head = this.#head;
    if (head === this.#limit && !this.#makeRoom()) return;
    const slot = head & this.#mask;
    const doubles = this.#doubles;
    const words = this.#words;
    doubles[slot * 4] = value;
    doubles[slot * 4 + 1] = timeMs;
    words[slot * 8 + 4] = series;
    words[slot * 8 + 5] = kind | WEIGHT_ONE;
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
    const endMs = performance.now() + timeoutMs;
    while (this.pending > 0 && performance.now() < endMs) {
      this.#doorbell.ring();
      // Nobody notifies the tail: this is a sleep of a millisecond.
      Atomics.wait(this.#cursors, TAIL, Atomics.load(this.#cursors, TAIL), 1);
    }
  }

  /** Publishes, and turns every later push into a no-op. */
  close(): void {
    this.publish();
    this.#isClosed = true;
    this.#limit = this.#head;
  }

  #makeRoom(): boolean {
    if (this.#isClosed) return false;
    this.publish();
    this.#limit = (Atomics.load(this.#cursors, TAIL) + this.#capacity) | 0;
    if (this.#head !== this.#limit) return true;
    this.counts[Count.dropped] += 1;
    this.#doorbell.ring();
    return false;
  }
}
