/**
 * Burn rates of alerts and panels: those of the program's health where it sets them. By default its health is
 * `DEGRADED` at any of them, because a burned budget is no reason to take a program out of service; alerts distinguish.
 *
 * Source: Google, "The Site Reliability Workbook", chapter 5, "Alerting on SLOs", section 6.
 *
 * @module
 */

import type { Definitions } from "../model/definitions.ts";

/** Burn rates by the severity that exceeding them has. */
export interface BurnRates {
  readonly degraded: number;
  readonly unhealthy: number;
  readonly critical: number;
}

const RECOMMENDED: BurnRates = { degraded: 1, unhealthy: 6, critical: 14.4 };

/** Returns the burn rates of a program. */
export function burnRatesOf({ health }: Definitions): BurnRates {
  const { degraded, unhealthy, critical } = health.burnRate ?? {};
  return {
    degraded: degraded ?? RECOMMENDED.degraded,
    unhealthy: unhealthy ?? RECOMMENDED.unhealthy,
    critical: critical ?? RECOMMENDED.critical,
  };
}
