/**
 * A built-in check of the health as data. Each is one file in this folder and one line of the list in `../settings.ts`,
 * from which its option, its key in a configuration file, its result and its alert follow.
 *
 * @module
 */

import type { Finding } from "./finding.ts";
import type { HealthInputs } from "./inputs.ts";
import type { Thresholds, WindowThresholds } from "./thresholds.ts";

/** Setting of a check: its limits, or `true` for a check that has none. */
export type CheckSetting = Thresholds | WindowThresholds | boolean;

/** Unit of limits: seconds, which options write as durations; a share, 0 to 1; any factor. */
export type LimitUnit = "seconds" | "share" | "factor";

/** Built-in check. */
export interface BuiltInCheck<Setting extends CheckSetting = CheckSetting> {
  /** Name in a configuration file. */
  readonly key: string;
  /** Unit of its limits and of its value; of a check with limits only. */
  readonly unit?: LimitUnit;
  /** Setting unless the program has another. */
  readonly fallback: Setting;
  /** Judges the measurements of one moment. */
  judge(inputs: HealthInputs, setting: Setting): Finding;
  /** Alert that watches the same in Prometheus, if one can. */
  readonly alert?: CheckAlert;
}

/** Alert of a check. One with limits has a warning for `degraded` and a critical alert for the limit after it. */
export interface CheckAlert {
  /** Name of the alert. */
  readonly name: string;
  /** Group of rules: about self-metrics, or about instruments of the runtime. */
  readonly group: "hotpath" | "runtime";
  /** Exposed name of the metric that must be there. */
  readonly metric: string;
  /** Shortest range of its queries, in milliseconds; the check's window by default, or a minute. */
  readonly rangeMs?: number;
  /** Expression that has a result while the limit is exceeded; of a check without limits, while the alert fires. */
  expr(queries: AlertQueries, limit: number): string;
  /** One line for the person on call, a template of Prometheus. */
  readonly summary: string;
  /** Meaning of the alert, a template of Prometheus. */
  description(range: string): string;
}

/** PromQL of one program's series, by exposed names. */
export interface AlertQueries {
  /** Range that holds enough scrapes, such as `5m`. */
  readonly range: string;
  /** Series of a metric. */
  series(name: string): string;
  /** Rate of a counter over the range, by instance. */
  rate(name: string): string;
  /** Quantile of a histogram over the range, by instance and thread. */
  quantile(name: string, quantile: number): string;
}
