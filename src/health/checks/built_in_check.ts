/**
 * Built-in health check as data. Each check is one file in this folder and one line of the list in `../settings.ts`,
 * from which its option, its key in a configuration file, its result and its alert are derived.
 *
 * @module
 */

import type { Finding } from "./finding.ts";
import type { HealthInputs } from "./inputs.ts";
import type { Thresholds, WindowThresholds } from "./thresholds.ts";

/** Setting of a check: its limits, or `true` for a check without limits. */
export type CheckSetting = Thresholds | WindowThresholds | boolean;

/** Unit of limits: seconds, written as durations in options; a share, 0 to 1; any factor. */
export type LimitUnit = "seconds" | "share" | "factor";

/** Built-in check. */
export interface BuiltInCheck<Setting extends CheckSetting = CheckSetting> {
  /** Name in a configuration file. */
  readonly key: string;
  /** Unit of its limits and its value; only for checks with limits. */
  readonly unit?: LimitUnit;
  /** Default setting. */
  readonly fallback: Setting;
  /** Evaluates the measurements of one moment. */
  judge(inputs: HealthInputs, setting: Setting): Finding;
  /** Equivalent alert in Prometheus, if there is one. */
  readonly alert?: CheckAlert;
}

/** Alert of a check. With limits it has a warning for `degraded` and a critical alert for the next limit. */
export interface CheckAlert {
  /** Name of the alert. */
  readonly name: string;
  /** Group of rules: self-metrics, or instruments of the runtime. */
  readonly group: "hotpath" | "runtime";
  /** Exposed name of the required metric. */
  readonly metric: string;
  /** Minimum range of its queries, in milliseconds; the check's window by default, or a minute. */
  readonly rangeMs?: number;
  /** Expression with a result while the limit is exceeded, or, without limits, while the alert fires. */
  expr(queries: AlertQueries, limit: number): string;
  /** Summary in one line, as a Prometheus template. */
  readonly summary: string;
  /** Meaning of the alert, as a Prometheus template. */
  description(range: string): string;
}

/** PromQL for the series of one program, by exposed names. */
export interface AlertQueries {
  /** Range with enough scrapes, such as `5m`. */
  readonly range: string;
  /** Series of a metric. */
  series(name: string): string;
  /** Rate of a counter over the range, by instance. */
  rate(name: string): string;
  /** Quantile of a histogram over the range, by instance and thread. */
  quantile(name: string, quantile: number): string;
}
