/**
 * State of an SLO.
 *
 * @module
 */

import type { LiveDistribution } from "../../model/live_frames.ts";
import type { SloObjective } from "../../model/model.ts";

/** State of an SLO in one word; one at risk is met, but its budget burns too fast. */
export type SloVerdict = "OK" | "at risk" | "breached" | "no data";

/** State of an SLO. */
export interface SloState {
  /** State in one word. */
  readonly verdict: SloVerdict;
  /** Share of durations within the threshold; `null` without durations. */
  readonly compliance: number | null;
  /** Share of violations in the window, divided by the share that the target allows; `null` without durations. */
  readonly burnRate: number | null;
  /** Remaining share of the error budget, 0 to 1. */
  readonly budgetLeft: number;
}

/** Returns the state of an SLO over several series together. */
export function sloStateOf(objective: SloObjective, latest: readonly LiveDistribution[]): SloState {
  const judged = latest.flatMap(({ slo, count, window }) => slo === undefined ? [] : [{ slo, count, window }]);
  if (judged.length === 1 && judged[0].slo.compliance !== null) {
    return stateOf(objective, judged[0].slo.compliance, judged[0].slo.burnRate);
  }
  const total = judged.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return { verdict: "no data", compliance: null, burnRate: null, budgetLeft: 1 };
  const violations = judged.reduce((sum, { slo }) => sum + slo.violations, 0);
  // Burn rates are weighted by the durations in the window.
  const recent = judged.reduce((sum, { window }) => sum + window.count, 0);
  const burnt = judged.reduce((sum, { slo, window }) => sum + (slo.burnRate ?? 0) * window.count, 0);
  return stateOf(objective, 1 - violations / total, recent > 0 ? burnt / recent : null);
}

function stateOf({ target }: SloObjective, compliance: number, burnRate: number | null): SloState {
  const budgetLeft = target < 1 ? Math.max(0, 1 - (1 - compliance) / (1 - target)) : compliance < 1 ? 0 : 1;
  const isBurning = burnRate !== null && burnRate > 1;
  const verdict = compliance < target ? "breached" : isBurning ? "at risk" : "OK";
  return { verdict, compliance, burnRate, budgetLeft };
}
