/**
 * The event that tells of a timer's objective being violated.
 *
 * @module
 */

import type { Labels, SloBreach } from "../model/model.ts";

/**
 * A timer's series has violated its objective. One event tells of all violations of a series that a drain has found;
 * while the listener's thread is busy, later ones are added to the event that waits.
 */
export class SloBreachEvent extends Event implements SloBreach {
  /** See {@linkcode SloBreach.metric}. */
  readonly metric: string;
  /** See {@linkcode SloBreach.labels}. */
  readonly labels: Labels;
  /** See {@linkcode SloBreach.thresholdSeconds}. */
  readonly thresholdSeconds: number;
  /** See {@linkcode SloBreach.violations}. */
  readonly violations: number;
  /** See {@linkcode SloBreach.worstSeconds}. */
  readonly worstSeconds: number;
  /** See {@linkcode SloBreach.timestamp}. */
  readonly timestamp: string;

  /** An event of type `slobreach`. */
  constructor(breach: SloBreach) {
    super("slobreach");
    this.metric = breach.metric;
    this.labels = breach.labels;
    this.thresholdSeconds = breach.thresholdSeconds;
    this.violations = breach.violations;
    this.worstSeconds = breach.worstSeconds;
    this.timestamp = breach.timestamp;
  }
}

/** What can listen to {@linkcode SloBreachEvent}s. */
export type SloBreachListener = ((event: SloBreachEvent) => void) | { handleEvent(event: SloBreachEvent): void };
