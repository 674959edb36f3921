/**
 * Health on the main thread while there is a listener: the aggregator's state, its absence, and problems that only this
 * thread knows.
 *
 * @module
 */

import type { HealthChange, HealthState } from "../model/health_status.ts";
import { unrefTimer } from "../platform/unref_timer.ts";
import { HealthChanges } from "./changes.ts";
import { worstOf } from "./overall.ts";

/** Interval of checks for changes without a call: problems, and the end of a recovery. */
const LOOK_INTERVAL_MS = 1_000;

/** Parts of a watch. */
export interface HealthWatchParts {
  /** Milliseconds that the status must be better before the change is announced. */
  readonly recoverAfterMs: number;
  /** Clock, in milliseconds. */
  readonly nowMs: () => number;
  /** Returns the problems unknown to the aggregator, one sentence each. */
  readonly troubles: () => readonly string[];
  /** Called with each change. */
  readonly notify: (change: HealthChange) => void;
}

/** Watches for changes until it is closed. */
export class HealthWatch {
  readonly #parts: HealthWatchParts;
  readonly #changes: HealthChanges;
  readonly #timer: ReturnType<typeof setInterval>;
  #latest: HealthState = { status: "HEALTHY", reasons: [] };
  #isClosed = false;

  /** Starts with the status `HEALTHY`. */
  constructor(parts: HealthWatchParts) {
    this.#parts = parts;
    this.#changes = new HealthChanges(parts.recoverAfterMs);
    this.#timer = setInterval(() => this.#look(), LOOK_INTERVAL_MS);
    unrefTimer(this.#timer);
  }

  /** Takes the state of the aggregator, or of its absence. */
  note(state: HealthState): void {
    this.#latest = state;
    this.#look();
  }

  /** Stops watching. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#isClosed) return;
    const { nowMs, troubles, notify } = this.#parts;
    const change = this.#changes.note(withTroubles(this.#latest, troubles()), nowMs());
    if (change !== undefined) notify(change);
  }
}

/** Adds problems to a state, which is then `DEGRADED` or worse. */
export function withTroubles<State extends HealthState>(state: State, troubles: readonly string[]): State {
  if (troubles.length === 0) return state;
  return { ...state, status: worstOf([state.status, "DEGRADED"]), reasons: [...state.reasons, ...troubles] };
}
