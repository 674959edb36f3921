/**
 * Definitions of a program in one piece, from which rules and dashboards are generated.
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

/** Definitions of a program. */
export interface Definitions {
  /** Instruments, and those of the runtime that can be read, in the order of their definition. */
  readonly instruments: readonly Definition[];
  /** Key performance indicators, in the order of their first declaration. */
  readonly kpis: readonly Kpi[];
  /** Names of the sliding windows, as in the options. */
  readonly windows: readonly string[];
  /** Limits of its health checks by name, without those that are switched off. */
  readonly health: Readonly<Record<string, HealthLimits | undefined>>;
  /** Whether Hotpath's own metrics are exposed too. */
  readonly hasSelfMetrics: boolean;
}
