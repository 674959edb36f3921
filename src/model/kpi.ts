/**
 * Key performance indicators: the words that what declares them, the aggregator and what draws or watches them share.
 *
 * @module
 */

/** A number that shows how well a program does its work, and from where on it does not. */
export interface Kpi {
  /** Its name, unique among those of a program: `order_execution`. */
  readonly name: string;
  /** The exposed name of the metric that it is taken from. */
  readonly metric: string;
  /** How: the 99th percentile of a distribution, what a counter gains a second, or the value as it is. */
  readonly statistic: "p99" | "rate" | "value";
  /** On which side of the thresholds it is well. */
  readonly direction: "below" | "above";
  /** Where it is well, in the metric's base unit; beyond it is a warning. `undefined` until somebody says. */
  readonly target: number | undefined;
  /** Where it is critical, in the metric's base unit; `undefined` until somebody says. */
  readonly critical: number | undefined;
}
