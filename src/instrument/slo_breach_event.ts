/**
 * Event of a violated objective.
 *
 * @module
 */

import type { Labels, SloBreach } from "../model/model.ts";

/**
 * Event of a timer series that has violated its objective. One event covers all violations of a series that a drain has
 * found; while the listener's thread is busy, later ones are added to the pending event.
 */
export class SloBreachEvent extends Event implements SloBreach {
  /** Name of the timer. */
  readonly metric: string;
  /** Labels of the series. */
  readonly labels: Labels;
  /** Longest duration that meets the objective, in seconds. */
  readonly thresholdSeconds: number;
  /** Number of violations. */
  readonly violations: number;
  /** Longest of their durations, in seconds. */
  readonly worstSeconds: number;
  /** Time of the event, as ISO 8601. */
  readonly timestamp: string;

  /** Creates an event of type `slobreach`. */
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

/** Listener for {@linkcode SloBreachEvent}s. */
export type SloBreachListener = ((event: SloBreachEvent) => void) | { handleEvent(event: SloBreachEvent): void };
