/**
 * The event that tells of a change of the health.
 *
 * @module
 */

import type { HealthChange, HealthStatus } from "../model/health_status.ts";

/** The health has changed: for the worse, or for the better and has been so for a while. */
export class HealthChangeEvent extends Event implements HealthChange {
  /** The status that was told before; `HEALTHY` before the first event. */
  readonly previous: HealthStatus;
  /** The status now. */
  readonly status: HealthStatus;
  /** Why it is not `HEALTHY`, one sentence each. */
  readonly reasons: readonly string[];

  /** An event of type `healthchange`. */
  constructor({ previous, status, reasons }: HealthChange) {
    super("healthchange");
    this.previous = previous;
    this.status = status;
    this.reasons = reasons;
  }
}
