/**
 * Prometheus rule file as data.
 *
 * Source: Prometheus, "Recording rules", "Alerting rules".
 *
 * @module
 */

import { formatDuration } from "../check/duration.ts";

/** Urgency of an alert: a warning can wait for working hours, a critical alert pages. */
export type Severity = "warning" | "critical";

/** Rule that records the result of an expression as a series. */
export interface RecordingRule {
  /** Name of the series. */
  readonly record: string;
  /** Recorded PromQL expression. */
  readonly expr: string;
}

/** Rule that raises an alert. */
export interface AlertingRule {
  /** Name of the alert. */
  readonly alert: string;
  /** PromQL expression; the alert is active for each series that it returns. */
  readonly expr: string;
  /** Time for which the expression must hold before the alert fires; fires at once if omitted. */
  readonly for?: string;
  /** Labels that alerts are grouped and routed by. */
  readonly labels: Readonly<Record<string, string>> & { readonly severity: Severity };
  /** Texts of the notification. */
  readonly annotations: {
    /** Problem in one line. */
    readonly summary: string;
    /** Problem in full. */
    readonly description: string;
    /** Section of the runbook, once the file is generated. */
    readonly runbook_url?: string;
  };
}

/** Rules that Prometheus evaluates in sequence. */
export interface RuleGroup {
  /** Name, unique in its file. */
  readonly name: string;
  /** Evaluation interval; Prometheus' own if omitted. */
  readonly interval?: string;
  /** Rules, in the order of evaluation. */
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** Prometheus rule file. */
export interface RuleFile {
  /** Groups, in the order of the file. */
  readonly groups: readonly RuleGroup[];
}

/** Options of generated rules. */
export interface RuleOptions {
  /** Name of the job that scrapes the program. */
  readonly job: string;
  /** Whether Prometheus scrapes native histograms. */
  readonly isNative: boolean;
  /**
   * Scrape interval in milliseconds.
   *
   * @default {60_000}
   */
  readonly scrapeIntervalMs?: number;
  /** Range of rates and quantiles in milliseconds; by default as suits the metric, at least four scrapes. */
  readonly rangeMs?: number;
  /** Milliseconds for which a condition must hold before its alert fires; by default by severity. */
  readonly forMs?: number;
  /** Evaluation interval in milliseconds; Prometheus' own by default. */
  readonly intervalMs?: number;
  /** Base URL of `runbook_url`, see `runbook.ts`; by default the runbook of this version. */
  readonly runbookBase?: string;
}

const SCRAPE_INTERVAL_MS = 60_000;
/** Scrapes per range. A rate needs two, even if one is late and another one has failed. */
const SCRAPES_PER_RANGE = 4;

/** Returns the range of a rate or quantile, in milliseconds: the option, or else the best one for the metric. */
export function rangeFor(bestMs: number, { rangeMs, ...options }: RuleOptions): number {
  return rangeMs ?? scrapedRange(bestMs, options);
}

/** Returns a range in milliseconds with enough scrapes for a rate. */
export function scrapedRange(
  bestMs: number,
  { scrapeIntervalMs = SCRAPE_INTERVAL_MS }: Pick<RuleOptions, "scrapeIntervalMs">,
): number {
  return Math.max(bestMs, SCRAPES_PER_RANGE * scrapeIntervalMs);
}

/** Milliseconds by severity. A short excess over a target needs no action; over a critical threshold it does. */
const HOLD_MS: Readonly<Record<Severity, number>> = { warning: 300_000, critical: 60_000 };

/** Returns the time for which a condition must hold before its alert fires. */
export function holdOf(severity: Severity, { forMs }: RuleOptions): string {
  return formatDuration(forMs ?? HOLD_MS[severity]);
}
