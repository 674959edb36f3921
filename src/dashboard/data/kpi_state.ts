/**
 * State of a KPI.
 *
 * @module
 */

import type { Kpi } from "../../model/kpi.ts";
import type { History } from "./history.ts";
import type { SeriesState } from "./live_model.ts";

/** State of a KPI in one word; `not judged` without thresholds. */
export type KpiVerdict = "OK" | "warning" | "critical" | "no data" | "not judged";

/** Value and state of a KPI. */
export interface KpiState {
  /** Value of the worst series, or the sum of all rates; NaN without data. */
  readonly value: number;
  /** State in one word. */
  readonly verdict: KpiVerdict;
}

/** Number of slots over which rates are computed, if as many are known. */
const RATE_SLOTS = 10;
const UNITS = ["seconds", "bytes", "ratio"];

/** Returns the state of a KPI, from the series of its metric. */
export function kpiStateOf(kpi: Kpi, series: readonly SeriesState[], slot: number, slotMs: number): KpiState {
  const value = valueOf(kpi, series, slot, slotMs);
  return { value, verdict: verdictOf(kpi, value) };
}

/**
 * Returns the unit of a KPI's value; of a metric without series, by the suffix of its name. The rate of a distribution
 * is the rate of its observations, which have no unit.
 */
export function kpiUnitOf({ metric, statistic }: Kpi, [first]: readonly SeriesState[]): string {
  if (first === undefined) return UNITS.find((unit) => metric.endsWith(`_${unit}`)) ?? "";
  return statistic === "rate" && first.distribution !== undefined ? "" : first.metric.unit;
}

function verdictOf({ direction, target, critical }: Kpi, value: number): KpiVerdict {
  if (target === undefined && critical === undefined) return "not judged";
  if (Number.isNaN(value)) return "no data";
  const isBeyond = (limit: number | undefined) =>
    limit !== undefined && (direction === "below" ? value > limit : value < limit);
  return isBeyond(critical) ? "critical" : isBeyond(target) ? "warning" : "OK";
}

function valueOf({ statistic, direction }: Kpi, series: readonly SeriesState[], slot: number, slotMs: number): number {
  const values = series.map((each) => {
    if (statistic === "rate") return rateOf(each.values, slot, slotMs);
    if (statistic === "value") return each.value;
    return each.distribution?.latest?.window.quantiles["0.99"] ?? NaN;
  }).filter((value) => !Number.isNaN(value));
  if (values.length === 0) return NaN;
  if (statistic === "rate") return values.reduce((sum, value) => sum + value, 0);
  return direction === "below" ? Math.max(...values) : Math.min(...values);
}

/** Returns the rate of a total; shortly after the page was opened, over the known slots. */
function rateOf(total: History, slot: number, slotMs: number): number {
  for (let slots = RATE_SLOTS; slots > 0; slots--) {
    const gained = total.gained(slot - slots, slot);
    if (!Number.isNaN(gained)) return gained / (slots * slotMs / 1_000);
  }
  return NaN;
}
