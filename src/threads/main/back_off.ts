/**
 * Delays before a failed action is retried, which grow while it keeps failing.
 *
 * @module
 */

const FIRST_MS = 100;
const LONGEST_MS = 10_000;
/** Duration of a run after which a failure counts as the first. */
const GOOD_RUN_MS = 60_000;

/** Back-off of one action. */
export class BackOff {
  #nextMs = FIRST_MS;
  #failures = 0;
  #startedAtMs = Number.POSITIVE_INFINITY;

  /** Number of failures since the last good run. */
  get failures(): number {
    return this.#failures;
  }

  /** Notes that the action runs. */
  noteStart(nowMs: number): void {
    this.#startedAtMs = nowMs;
  }

  /** Notes that the action has failed, or could not be started, and returns the delay in milliseconds. */
  noteFailure(nowMs: number): number {
    if (nowMs - this.#startedAtMs >= GOOD_RUN_MS) {
      this.#nextMs = FIRST_MS;
      this.#failures = 0;
    }
    this.#failures += 1;
    this.#startedAtMs = Number.POSITIVE_INFINITY;
    const delayMs = this.#nextMs;
    this.#nextMs = Math.min(2 * delayMs, LONGEST_MS);
    return delayMs;
  }
}
