/**
 * The main thread's view of the health while somebody listens: what the aggregator says of itself, that there is none,
 * and what only this thread knows.
 *
 * @module
 */

import type { HealthChange, HealthState } from "../model/health_status.ts";
import { unrefTimer } from "../platform/unref_timer.ts";
import { HealthChanges } from "./changes.ts";
import { worstOf } from "./overall.ts";

/** How often it is looked whether something has changed that nobody tells. */
const LOOK_INTERVAL_MS = 1_000;

/** What a watch is made from. */
export interface HealthWatchParts {
  /** How long the status must be better before that is told, in milliseconds. */
  readonly recoverAfterMs: number;
  /** The clock, in milliseconds. */
  readonly nowMs: () => number;
  /** What is wrong that the aggregator does not know, one sentence each. */
  readonly troubles: () => readonly string[];
  /** Told of each change. */
  readonly tell: (change: HealthChange) => void;
}

/** Finds changes, until it is closed. */
export class HealthWatch {
  readonly #parts: HealthWatchParts;
  readonly #changes: HealthChanges;
  readonly #timer: ReturnType<typeof setInterval>;
  #latest: HealthState = { status: "HEALTHY", reasons: [] };
  #isClosed = false;

  /** Takes everything for healthy until it is told. */
  constructor(parts: HealthWatchParts) {
    this.#parts = parts;
    this.#changes = new HealthChanges(parts.recoverAfterMs);
    this.#timer = setInterval(() => this.#look(), LOOK_INTERVAL_MS);
    unrefTimer(this.#timer);
  }

  /** Takes what the aggregator says, or what is said because there is none. */
  note(state: HealthState): void {
    this.#latest = state;
    this.#look();
  }

  /** Tells nothing any more. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  #look(): void {
    if (this.#isClosed) return;
    const { nowMs, troubles, tell } = this.#parts;
    const change = this.#changes.note(withTroubles(this.#latest, troubles()), nowMs());
    if (change !== undefined) tell(change);
  }
}

/** A state, and what the aggregator does not know: at least `DEGRADED` if there is any of that. */
export function withTroubles<State extends HealthState>(state: State, troubles: readonly string[]): State {
  if (troubles.length === 0) return state;
  return { ...state, status: worstOf([state.status, "DEGRADED"]), reasons: [...state.reasons, ...troubles] };
}
