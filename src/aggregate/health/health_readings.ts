/**
 * What the checks of the health read from the series that the runtime's collectors record.
 *
 * @module
 */

import type { Labels } from "../../model/model.ts";
import type { Scalar } from "../series/scalar.ts";
import { DistributionFamily, ScalarFamily, type SeriesStore } from "../series/store.ts";
import { Moment } from "../../sketch/sketch.ts";
import { quantilesOf } from "../../sketch/quantile.ts";
import type { WindowPlan } from "../../sketch/sliding_window.ts";

const LAG_NAME = "deno_eventloop_lag_seconds";
const HEAP_NAME = "deno_heap_used_bytes";
const LAG_QUANTILE = 0.95;
type Window = WindowPlan["windows"][number];

/** The lag of one thread's event loop. */
export interface LagReading {
  /** The label set, which names the thread. */
  readonly labels: Labels;
  /** Its mean, in seconds. */
  readonly average: number;
  /** Its 95th percentile, in seconds. */
  readonly p95: number;
}

/** The thread with the longest lag over a window; `undefined` if none has one. */
export function worstLag(store: SeriesStore, window: Window, nowMs: number): LagReading | undefined {
  let worst: LagReading | undefined;
  for (const family of store.all) {
    const { exposedName, summary } = family.definition;
    if (exposedName !== LAG_NAME || !(family instanceof DistributionFamily) || summary !== undefined) continue;
    for (const series of family.current(nowMs)) {
      const held = series.over(window, nowMs);
      if (held === undefined) continue;
      const [p95] = quantilesOf(held, [LAG_QUANTILE]);
      if (worst !== undefined && p95 <= worst.p95) continue;
      worst = { labels: series.labels, average: held.moments[Moment.sum] / held.moments[Moment.count], p95 };
    }
  }
  return worst;
}

/** The heaps in use, one a thread. */
export function* heaps(store: SeriesStore, nowMs: number): Generator<Scalar> {
  for (const family of store.all) {
    if (family.definition.exposedName === HEAP_NAME && family instanceof ScalarFamily) yield* family.current(nowMs);
  }
}

/** A label set as it is written in text, empty if it is. */
export function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
