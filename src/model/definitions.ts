/**
 * All that a program has said of what it measures, in one piece: what it is drawn and watched by.
 *
 * @module
 */

import type { Kpi } from "./kpi.ts";
import type { Definition } from "./model.ts";

/** Limits of a health check; one that is never exceeded is absent. */
export interface HealthLimits {
  /** Limit above which the program needs attention. */
  readonly degraded?: number;
  /** Limit above which the program does its work badly. */
  readonly unhealthy?: number;
  /** Limit above which the program does not do its work. */
  readonly critical?: number;
  /** Length of the window that the check looks back, in milliseconds, if it has one. */
  readonly windowMs?: number;
}

/** What a program has defined. */
export interface Definitions {
  /** Its instruments, and those of the runtime that can be read, in the order they were defined. */
  readonly instruments: readonly Definition[];
  /** Its key performance indicators, in the order they were first declared. */
  readonly kpis: readonly Kpi[];
  /** The names of its sliding windows, as the options have them. */
  readonly windows: readonly string[];
  /** Limits of its health checks by name, without those that are switched off. */
  readonly health: Readonly<Record<string, HealthLimits | undefined>>;
  /** Whether Hotpath's own metrics are exposed, too. */
  readonly hasSelfMetrics: boolean;
}
