/**
 * Time axis of the page: an hour in slots of equal length, each of one or more frames. Slots are numbered from the
 * epoch, by the server's clock.
 *
 * @module
 */

/** Length of the history in milliseconds. */
const KEPT_MS = 3_600_000;
/** Minimum length of a slot in milliseconds: frames every second fill one slot each. */
const SLOT_MS_MIN = 1_000;
/** Number of intervals below which a pause is not a gap, because frames may be early or late. */
const LATE_INTERVALS = 3;

/** Place of a frame on the time axis. */
export interface Place {
  /** Slot. */
  readonly slot: number;
  /** Whether no frame is missing since the previous one. */
  readonly isContinuous: boolean;
}

/** Maps frames to slots, and records which slots are known. */
export class Timeline {
  /** Length of a slot in milliseconds. */
  readonly slotMs: number;
  /** Number of slots in the history. */
  readonly capacity: number;
  readonly #intervalMs: number;
  readonly #slots: Float64Array;
  #latest = -1;
  #latestMs = Number.NEGATIVE_INFINITY;
  /** Milliseconds ahead of the server's clock after it was set back. */
  #aheadMs = 0;

  /** Creates an empty time axis. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
    this.slotMs = Math.max(SLOT_MS_MIN, intervalMs);
    this.capacity = Math.floor(KEPT_MS / this.slotMs);
    this.#slots = new Float64Array(this.capacity).fill(-1);
  }

  /** Slot of the latest frame; −1 before the first. */
  get latest(): number {
    return this.#latest;
  }

  /**
   * Places a frame, never before the previous one: if the clock is set back, time continues by the elapsed time.
   *
   * @param elapsedMs Milliseconds since the previous frame, independent of the clock; 0 if unknown
   */
  advance(timestampMs: number, elapsedMs: number = 0): Place {
    if (timestampMs >= this.#latestMs) this.#aheadMs = 0;
    else if (elapsedMs > 0 && timestampMs + this.#aheadMs < this.#latestMs) {
      this.#aheadMs = this.#latestMs + elapsedMs - timestampMs;
    }
    const atMs = timestampMs + this.#aheadMs;
    const slot = Math.max(this.#latest, Math.floor(atMs / this.slotMs));
    const isContinuous = atMs - this.#latestMs < LATE_INTERVALS * this.#intervalMs;
    if (isContinuous) { for (let missed = this.#latest + 1; missed < slot; missed++) this.#note(missed); }
    this.#note(slot);
    this.#latest = slot;
    this.#latestMs = atMs;
    return { slot, isContinuous };
  }

  /** Whether a slot is known. */
  isKnown(slot: number): boolean {
    return slot >= 0 && this.#slots[slot % this.capacity] === slot;
  }

  #note(slot: number): void {
    this.#slots[slot % this.capacity] = slot;
  }
}
