/**
 * All that a program has said of what it measures, in one piece: what it is drawn and watched by.
 *
 * @module
 */

import type { Kpi } from "./kpi.ts";
import type { Definition } from "./model.ts";

/** From where on something that the health is judged by is how bad; what is left out it never is. */
export interface HealthLimits {
  /** Something is amiss. */
  readonly degraded?: number;
  /** The program does not do its work well. */
  readonly unhealthy?: number;
  /** The program does not do its work. */
  readonly critical?: number;
  /** How long is looked back, in milliseconds, if it is judged over a time. */
  readonly windowMs?: number;
}

/** The checks of the health that have limits. */
export type LimitedCheck = "eventLoopLag" | "dropRatio" | "burnRate" | "heapGrowth" | "ringOccupancy";

/** What a program has defined. */
export interface Definitions {
  /** Its instruments, and those of the runtime that can be read, in the order they were defined. */
  readonly instruments: readonly Definition[];
  /** Its key performance indicators, in the order they were first declared. */
  readonly kpis: readonly Kpi[];
  /** The names of its sliding windows, as the options have them. */
  readonly windows: readonly string[];
  /** What its health is judged by; a check that is switched off is left out. */
  readonly health: Readonly<Partial<Record<LimitedCheck, HealthLimits>>>;
  /** Whether Hotpath's own metrics are exposed, too. */
  readonly hasSelfMetrics: boolean;
}
