/**
 * Event of a change of the health.
 *
 * @module
 */

import type { HealthChange, HealthStatus } from "../model/health_status.ts";

/** Event `healthchange`: the status got worse, or has been better for a while. */
export class HealthChangeEvent extends Event implements HealthChange {
  /** Status of the previous event; `HEALTHY` for the first one. */
  readonly previous: HealthStatus;
  /** Current status. */
  readonly status: HealthStatus;
  /** Reasons for a status other than `HEALTHY`, one sentence each. */
  readonly reasons: readonly string[];

  /** Creates an event of type `healthchange`. */
  constructor({ previous, status, reasons }: HealthChange) {
    super("healthchange");
    this.previous = previous;
    this.status = status;
    this.reasons = reasons;
  }
}
