/**
 * Key performance indicators: types shared by declarations, the aggregator, rules and dashboards.
 *
 * @module
 */

/** Key performance indicator: a number that shows how well a program works, with thresholds. */
export interface Kpi {
  /** Name, unique within a program: `order_execution`. */
  readonly name: string;
  /** Exposed name of the metric that it is computed from. */
  readonly metric: string;
  /** Statistic: 99th percentile of a distribution, per-second increase of a counter, or the current value. */
  readonly statistic: "p99" | "rate" | "value";
  /** Side of the thresholds on which the indicator is OK. */
  readonly direction: "below" | "above";
  /** Threshold of a warning, in the metric's base unit; `undefined` without one. */
  readonly target: number | undefined;
  /** Threshold of a critical alert, in the metric's base unit; `undefined` without one. */
  readonly critical: number | undefined;
}
