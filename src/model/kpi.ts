/**
 * Key performance indicators: types that declarations, the aggregator, rules and dashboards share.
 *
 * @module
 */

/** Key performance indicator: a number that shows how well a program does its work, with thresholds. */
export interface Kpi {
  /** Name, unique within a program: `order_execution`. */
  readonly name: string;
  /** Exposed name of the metric that it is taken from. */
  readonly metric: string;
  /** Statistic: the 99th percentile of a distribution, the increase of a counter per second, or the value as it is. */
  readonly statistic: "p99" | "rate" | "value";
  /** Side of the thresholds on which it is OK. */
  readonly direction: "below" | "above";
  /** Threshold beyond which it is a warning, in the metric's base unit; `undefined` without one. */
  readonly target: number | undefined;
  /** Threshold beyond which it is critical, in the metric's base unit; `undefined` without one. */
  readonly critical: number | undefined;
}
