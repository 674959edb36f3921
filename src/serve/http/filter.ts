/**
 * Filters of a scrape: `name[]` and `window`.
 *
 * @module
 */

import type {
  DistributionSeriesSnapshot,
  DistributionSnapshot,
  MetricSnapshot,
  Snapshot,
  SummarySnapshot,
} from "../../model/snapshot.ts";
import { sloNames } from "../../model/sample_names.ts";
import { HttpProblem } from "./problem.ts";

const NAMES_MAX = 1_000;

/**
 * Returns the requested names.
 *
 * @param url URL of the request
 * @returns The names; `undefined` for everything
 * @throws {HttpProblem} If there are too many
 */
export function nameFilterOf(url: string): readonly string[] | undefined {
  const names = new URL(url).searchParams.getAll("name[]");
  if (names.length > NAMES_MAX) {
    throw new HttpProblem(400, `name[] must be given at most ${NAMES_MAX} times, got ${names.length}`);
  }
  return names.length === 0 ? undefined : names;
}

/**
 * Returns the requested window.
 *
 * @param url URL of the request
 * @returns The window; `undefined` for all
 * @throws {HttpProblem} If there are several
 */
export function windowFilterOf(url: string): string | undefined {
  const windows = new URL(url).searchParams.getAll("window");
  if (windows.length > 1) throw new HttpProblem(400, `window must be given once, got ${windows.length}`);
  return windows[0];
}

/**
 * Returns the requested part of a snapshot.
 *
 * @param names Exposed names; those of windows and objectives select their timer
 * @param window Only window to include in each series
 * @throws {HttpProblem} If the window does not exist
 */
export function filterSnapshot(
  snapshot: Snapshot,
  names: readonly string[] | undefined,
  window: string | undefined,
): Snapshot {
  if (window !== undefined) checkWindow(snapshot, window);
  const wanted = names && new Set(names);
  const metrics = wanted === undefined
    ? snapshot.metrics
    : snapshot.metrics.filter((metric) => namesOf(metric).some((name) => wanted.has(name)));
  return { ...snapshot, metrics: window === undefined ? metrics : metrics.map((each) => inWindow(each, window)) };
}

function namesOf(metric: MetricSnapshot): string[] {
  if (metric.type !== "histogram") return [metric.name];
  const { name, windowName, sloName } = metric;
  return sloName === undefined ? [name, windowName] : [name, windowName, ...Object.values(sloNames(sloName))];
}

/** Checks that a window exists. Without windows, none can be missing. */
function checkWindow({ metrics }: Snapshot, window: string): void {
  const known = new Set<string>();
  for (const metric of metrics) {
    if (!hasWindows(metric)) continue;
    for (const { windows } of metric.series) for (const name of Object.keys(windows)) known.add(name);
  }
  if (known.size === 0 || known.has(window)) return;
  throw new HttpProblem(400, `window must be one of ${[...known].join(", ")}`);
}

function inWindow(metric: MetricSnapshot, window: string): MetricSnapshot {
  if (metric.type === "histogram") {
    return { ...metric, series: metric.series.map((each) => seriesInWindow(each, window)) };
  }
  if (metric.type !== "summary") return metric;
  return { ...metric, series: metric.series.map((each) => ({ ...each, windows: only(each.windows, window) })) };
}

function hasWindows(metric: MetricSnapshot): metric is DistributionSnapshot | SummarySnapshot {
  return metric.type === "histogram" || metric.type === "summary";
}

function seriesInWindow(series: DistributionSeriesSnapshot, window: string): DistributionSeriesSnapshot {
  const windows = only(series.windows, window);
  const { slo } = series;
  return slo === undefined ? { ...series, windows } : {
    ...series,
    windows,
    slo: { ...slo, burnRate: only(slo.burnRate, window) },
  };
}

function only<Value>(byWindow: Readonly<Record<string, Value>>, window: string): Record<string, Value> {
  return Object.hasOwn(byWindow, window) ? { [window]: byWindow[window] } : {};
}
