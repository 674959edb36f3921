/**
 * How an indicator does.
 *
 * @module
 */

import type { Kpi } from "../../model/kpi.ts";
import type { History } from "./history.ts";
import type { SeriesState } from "./live_model.ts";

/** How an indicator does. */
export type KpiVerdict = "well" | "warning" | "critical" | "no data" | "not judged";

/** An indicator's value and what it means. */
export interface KpiState {
  /** Of its series, the value of the one that does worst; rates are added up. NaN if there is none. */
  readonly value: number;
  /** What it means. */
  readonly verdict: KpiVerdict;
}

/** A total's recent rate is taken over so many slots, or as many as are known. */
const RATE_SLOTS = 10;

/** Judges an indicator by the series of its metric. */
export function kpiStateOf(kpi: Kpi, series: readonly SeriesState[], slot: number, slotMs: number): KpiState {
  const value = valueOf(kpi, series, slot, slotMs);
  return { value, verdict: verdictOf(kpi, value) };
}

function verdictOf({ direction, target, critical }: Kpi, value: number): KpiVerdict {
  if (target === undefined && critical === undefined) return "not judged";
  if (Number.isNaN(value)) return "no data";
  const isBeyond = (limit: number | undefined) =>
    limit !== undefined && (direction === "below" ? value > limit : value < limit);
  return isBeyond(critical) ? "critical" : isBeyond(target) ? "warning" : "well";
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

/** Of a page that was just opened, from its first slot on. */
function rateOf(total: History, slot: number, slotMs: number): number {
  for (let slots = RATE_SLOTS; slots > 0; slots--) {
    const gained = total.gained(slot - slots, slot);
    if (!Number.isNaN(gained)) return gained / (slots * slotMs / 1_000);
  }
  return NaN;
}
