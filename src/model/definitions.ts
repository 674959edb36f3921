/**
 * Definitions of a program in one piece, from which rules and dashboards are generated.
 *
 * @module
 */

import type { Kpi } from "./kpi.ts";
import type { Definition } from "./model.ts";

/** Limits of a health check; one that is never exceeded is absent. */
export interface HealthLimits {
  /** Limit above which the status is `DEGRADED`: the program needs attention. */
  readonly degraded?: number;
  /** Limit above which the status is `UNHEALTHY`: the program works badly. */
  readonly unhealthy?: number;
  /** Limit above which the status is `CRITICAL`: the program does not work. */
  readonly critical?: number;
  /** Length of the check's window in milliseconds, if it has one. */
  readonly windowMs?: number;
}

/** Definitions of a program. */
export interface Definitions {
  /** Instruments, including readable ones of the runtime, in the order of their definition. */
  readonly instruments: readonly Definition[];
  /** Key performance indicators, in the order of their first declaration. */
  readonly kpis: readonly Kpi[];
  /** Names of the sliding windows, as written in the options. */
  readonly windows: readonly string[];
  /** Limits of the health checks by name, excluding checks that are off. */
  readonly health: Readonly<Record<string, HealthLimits | undefined>>;
  /** Whether Hotpath's own metrics are exposed too. */
  readonly hasSelfMetrics: boolean;
}
