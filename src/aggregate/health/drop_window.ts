/**
 * Which share of records was dropped in the last minute, from totals that are looked at now and then. A minute of one
 * slot a second, whatever is recorded; what was dropped leaves up to a second early.
 *
 * @module
 */

const SLOT_MS = 1_000;
const SLOTS = 60;

/** The last minute. */
export class DropWindow {
  /** By slot, modulo their number: which slot it is. */
  readonly #slots: Float64Array = new Float64Array(SLOTS).fill(Number.NEGATIVE_INFINITY);
  readonly #offered: Float64Array = new Float64Array(SLOTS);
  readonly #dropped: Float64Array = new Float64Array(SLOTS);
  #offeredSeen = 0;
  #droppedSeen = 0;

  /**
   * Notes what has come since it was last told.
   *
   * @param offered All records so far, those that were dropped included
   * @param dropped All that were dropped so far
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

  /** The share of the last minute, 0 to 1; 0 if nothing was recorded. */
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
