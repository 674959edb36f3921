/**
 * Which changes of the status are told. A change for the worse is told as soon as it is seen. One for the better is told
 * once the status was better for a while, and then as the worst that it was in that while, so that a status that goes up
 * and down each second is one event and not many.
 *
 * @module
 */

import type { HealthChange, HealthState, HealthStatus } from "../model/health_status.ts";
import { severityOf } from "./overall.ts";

/** Follows the status. */
export class HealthChanges {
  readonly #recoverAfterMs: number;
  #told: HealthStatus = "HEALTHY";
  /** The worst that it was since it became better than what was told, and since when that is. */
  #better: { readonly state: HealthState; readonly sinceMs: number } | undefined;

  /** Begins with `HEALTHY`. */
  constructor(recoverAfterMs: number) {
    this.#recoverAfterMs = recoverAfterMs;
  }

  /** Takes the state of a moment; gives the change that is to be told, if there is one. */
  note(state: HealthState, nowMs: number): HealthChange | undefined {
    const step = severityOf(state.status) - severityOf(this.#told);
    if (step >= 0) {
      this.#better = undefined;
      return step === 0 ? undefined : this.#tell(state);
    }
    const { state: worst, sinceMs } = this.#better ?? { state, sinceMs: nowMs };
    const isWorse = severityOf(state.status) >= severityOf(worst.status);
    this.#better = { state: isWorse ? state : worst, sinceMs };
    if (nowMs - sinceMs < this.#recoverAfterMs) return undefined;
    const { state: settled } = this.#better;
    this.#better = undefined;
    return this.#tell(settled);
  }

  #tell({ status, reasons }: HealthState): HealthChange {
    const previous = this.#told;
    this.#told = status;
    return { previous, status, reasons };
  }
}
