/**
 * How a timer keeps its objective, in one word.
 *
 * @module
 */

import type { LiveDistribution } from "../../model/live_frames.ts";
import type { SloObjective } from "../../model/model.ts";

/** How an objective is kept: well; well, but not for long; or not. */
export type SloVerdict = "kept" | "at risk" | "missed" | "no data";

/** What is shown of an objective. */
export interface SloState {
  /** In one word. */
  readonly verdict: SloVerdict;
  /** The share of durations that kept it; `null` if there are none. */
  readonly compliance: number | null;
  /** The share of violations over what the target allows; `null` if nothing happened of late. */
  readonly burnRate: number | null;
  /** How much of what the target allows is left, 0 to 1. */
  readonly budgetLeft: number;
}

/** Judges several series as one. */
export function sloStateOf(objective: SloObjective, latest: readonly LiveDistribution[]): SloState {
  const judged = latest.flatMap(({ slo, count, window }) => slo === undefined ? [] : [{ slo, count, window }]);
  if (judged.length === 1 && judged[0].slo.compliance !== null) {
    return stateOf(objective, judged[0].slo.compliance, judged[0].slo.burnRate);
  }
  const total = judged.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return { verdict: "no data", compliance: null, burnRate: null, budgetLeft: 1 };
  const violations = judged.reduce((sum, { slo }) => sum + slo.violations, 0);
  // Burn rates weigh by what happened in the window.
  const recent = judged.reduce((sum, { window }) => sum + window.count, 0);
  const burnt = judged.reduce((sum, { slo, window }) => sum + (slo.burnRate ?? 0) * window.count, 0);
  return stateOf(objective, 1 - violations / total, recent > 0 ? burnt / recent : null);
}

function stateOf({ target }: SloObjective, compliance: number, burnRate: number | null): SloState {
  const budgetLeft = target < 1 ? Math.max(0, 1 - (1 - compliance) / (1 - target)) : compliance < 1 ? 0 : 1;
  const isBurning = burnRate !== null && burnRate > 1;
  const verdict = compliance < target ? "missed" : isBurning ? "at risk" : "kept";
  return { verdict, compliance, burnRate, budgetLeft };
}
