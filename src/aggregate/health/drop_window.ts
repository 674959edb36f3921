/**
 * Share of records dropped in the last minute, from totals noted at intervals. The minute has one slot per second, so
 * its memory is fixed; a drop leaves it up to a second early.
 *
 * @module
 */

const SLOT_MS = 1_000;
const SLOTS = 60;

/** Counts of the last minute. */
export class DropWindow {
  /** Numbers of the seconds in the slots; a second lies at its number modulo the number of slots. */
  readonly #slots: Float64Array = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY);
  readonly #offered: Float64Array = new Float64Array(SLOTS);
  readonly #dropped: Float64Array = new Float64Array(SLOTS);
  #offeredSeen = 0;
  #droppedSeen = 0;

  /**
   * Notes the records since the last call.
   *
   * @param offered Number of records so far, including dropped ones
   * @param dropped Number of dropped records so far
   */
  note(offered: number, dropped: number, nowMs: number): void {
    if (offered === this.#offeredSeen && dropped === this.#droppedSeen) return;
    const slot = Math.floor(nowMs / SLOT_MS);
    const at = ((slot % SLOTS) + SLOTS) % SLOTS;
    if (this.#slots[at] !== slot) {
      this.#slots[at] = slot;
      this.#offered[at] = 0;
      this.#dropped[at] = 0;
    }
    this.#offered[at] += offered - this.#offeredSeen;
    this.#dropped[at] += dropped - this.#droppedSeen;
    this.#offeredSeen = offered;
    this.#droppedSeen = dropped;
  }

  /** Returns the share of the last minute, 0 to 1; 0 without records. */
  ratio(nowMs: number): number {
    const first = Math.floor(nowMs / SLOT_MS) - SLOTS;
    let offered = 0;
    let dropped = 0;
    for (let at = 0; at < SLOTS; at++) {
      if (this.#slots[at] <= first) continue;
      offered += this.#offered[at];
      dropped += this.#dropped[at];
    }
    return dropped === 0 ? 0 : dropped / offered;
  }
}
