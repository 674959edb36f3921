/**
 * A file of Prometheus rules, as data.
 *
 * Source: Prometheus, "Recording rules", "Alerting rules".
 *
 * @module
 */

import { formatDuration } from "../check/duration.ts";

/** How bad it is: somebody should look at it, or must do so now. */
export type Severity = "warning" | "critical";

/** Writes a series. */
export interface RecordingRule {
  /** Its name. */
  readonly record: string;
  /** What it is computed from. */
  readonly expr: string;
}

/** Tells somebody. */
export interface AlertingRule {
  /** Its name. */
  readonly alert: string;
  /** Fires for each series that this gives. */
  readonly expr: string;
  /** For how long that must be so, if for any time. */
  readonly for?: string;
  /** What it is grouped and routed by. */
  readonly labels: Readonly<Record<string, string>> & { readonly severity: Severity };
  /** What is told, in a line and in full. */
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Rules that are evaluated one behind the other. */
export interface RuleGroup {
  /** Its name, unique in its file. */
  readonly name: string;
  /** How often; as often as Prometheus does by itself unless said otherwise. */
  readonly interval?: string;
  /** The rules. */
  readonly rules: readonly (RecordingRule | AlertingRule)[];
}

/** All groups. */
export interface RuleFile {
  /** In the order of the file. */
  readonly groups: readonly RuleGroup[];
}

/** What can be said of rules. */
export interface RuleOptions {
  /** The name of the job that Prometheus scrapes the program as. */
  readonly job: string;
  /** Whether Prometheus scrapes native histograms. */
  readonly isNative: boolean;
  /** How often Prometheus scrapes the program, in milliseconds; a minute, as it does by itself, unless said otherwise. */
  readonly scrapeIntervalMs?: number;
  /**
   * How long is looked back for rates and quantiles, in milliseconds; by what is watched unless said otherwise, and at least
   * four scrapes.
   */
  readonly rangeMs?: number;
  /** For how long something must be so, in milliseconds; by severity unless said otherwise. */
  readonly forMs?: number;
  /** How often rules are evaluated, in milliseconds; as often as Prometheus does by itself unless said otherwise. */
  readonly intervalMs?: number;
}

const SCRAPE_INTERVAL_MS = 60_000;
/** A rate takes two scrapes: it must be there also if one is late and one has failed. */
const SCRAPES_PER_RANGE = 4;

/** How long is looked back, in milliseconds, where something would be best seen over some time. */
export function rangeFor(bestMs: number, { rangeMs, ...options }: RuleOptions): number {
  return rangeMs ?? scrapedRange(bestMs, options);
}

/** A time in which there are scrapes enough for a rate, in milliseconds. */
export function scrapedRange(
  bestMs: number,
  { scrapeIntervalMs = SCRAPE_INTERVAL_MS }: Pick<RuleOptions, "scrapeIntervalMs">,
): number {
  return Math.max(bestMs, SCRAPES_PER_RANGE * scrapeIntervalMs);
}

/** What is bad may be short-lived; what is critical is told soon. */
const HOLD_MS: Readonly<Record<Severity, number>> = { warning: 300_000, critical: 60_000 };

/** For how long something must be so before it is told. */
export function holdOf(severity: Severity, { forMs }: RuleOptions): string {
  return formatDuration(forMs ?? HOLD_MS[severity]);
}
