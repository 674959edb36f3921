/**
 * Selection of the announced changes of the status: a change for the worse at once, one for the better after a while of
 * better statuses, as the worst of them. A status that changes every second is thus one event and not many.
 *
 * @module
 */

import type { HealthChange, HealthState, HealthStatus } from "../model/health_status.ts";
import { severityOf } from "./overall.ts";

/** Changes of one program's health. */
export class HealthChanges {
  readonly #recoverAfterMs: number;
  #announced: HealthStatus = "HEALTHY";
  /** Worst state since the status became better than the announced one, and the time of that. */
  #better: { readonly state: HealthState; readonly sinceMs: number } | undefined;

  /** Starts with the status `HEALTHY`. */
  constructor(recoverAfterMs: number) {
    this.#recoverAfterMs = recoverAfterMs;
  }

  /** Takes the current state; returns the change to announce, if there is one. */
  note(state: HealthState, nowMs: number): HealthChange | undefined {
    const step = severityOf(state.status) - severityOf(this.#announced);
    if (step >= 0) {
      this.#better = undefined;
      return step === 0 ? undefined : this.#announce(state);
    }
    const { state: worst, sinceMs } = this.#better ?? { state, sinceMs: nowMs };
    const isWorse = severityOf(state.status) >= severityOf(worst.status);
    this.#better = { state: isWorse ? state : worst, sinceMs };
    if (nowMs - sinceMs < this.#recoverAfterMs) return undefined;
    const { state: settled } = this.#better;
    this.#better = undefined;
    return this.#announce(settled);
  }

  #announce({ status, reasons }: HealthState): HealthChange {
    const previous = this.#announced;
    this.#announced = status;
    return { previous, status, reasons };
  }
}
