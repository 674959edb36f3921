/**
 * The time axis of the page: an hour in slots of equal length, one or more frames to a slot. A slot is named by how many
 * of them have passed since the epoch, by the server's clock.
 *
 * @module
 */

/** What is kept. */
const KEPT_MS = 3_600_000;
/** A frame a second fills each slot once. */
const SLOT_MS_MIN = 1_000;
/** Frames come a little early or late; a pause of fewer intervals than this is no gap. */
const LATE_INTERVALS = 3;

/** Where a frame belongs. */
export interface Place {
  /** Its slot. */
  readonly slot: number;
  /** Whether nothing is missing between the frame before and this one. */
  readonly isContinuous: boolean;
}

/** Knows which slots a frame has come for. */
export class Timeline {
  /** The length of a slot. */
  readonly slotMs: number;
  /** How many slots are kept. */
  readonly capacity: number;
  readonly #intervalMs: number;
  readonly #slots: Float64Array;
  #latest = -1;
  #latestMs = Number.NEGATIVE_INFINITY;
  /** How far it is ahead of the server's clock, because that was set back. */
  #aheadMs = 0;

  /** Begins without any frame. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
    this.slotMs = Math.max(SLOT_MS_MIN, intervalMs);
    this.capacity = Math.floor(KEPT_MS / this.slotMs);
    this.#slots = new Float64Array(this.capacity).fill(-1);
  }

  /** The slot of the last frame; −1 before the first. */
  get latest(): number {
    return this.#latest;
  }

  /**
   * Takes a frame. It is never left of the one before: where the clock was set back, time goes on by what has passed.
   *
   * @param elapsedMs How long the frame before is ago, whatever the clock says; 0 if that is not known
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

  /** Whether what happened in a slot is known. */
  isKnown(slot: number): boolean {
    return slot >= 0 && this.#slots[slot % this.capacity] === slot;
  }

  #note(slot: number): void {
    this.#slots[slot % this.capacity] = slot;
  }
}
