/**
 * Rules of service level objectives: recording rules of the error ratio over several ranges, and multiwindow,
 * multi-burn-rate alerts. The long window of an alert suppresses short spikes, the short one resolves the alert soon
 * after the problem has ended.
 *
 * Source: Google, "The Site Reliability Workbook", chapter 5, "Alerting on SLOs", section 6.
 *
 * @module
 */

import type { Definitions } from "../model/definitions.ts";
import { formatDuration } from "../check/duration.ts";
import type { Definition, SloObjective } from "../model/model.ts";
import { escapeMetricName } from "../model/names.ts";
import { sloNames } from "../model/sample_names.ts";
import { type BurnRates, burnRatesOf } from "./burn_rates.ts";
import { gainOf, jobScope, type Metric, sumBy } from "./promql.ts";
import {
  type AlertingRule,
  type RecordingRule,
  type RuleGroup,
  type RuleOptions,
  scrapedRange,
  type Severity,
} from "./rule_file.ts";
import { capitalized, escapeTemplate, formatSeconds, percentage } from "./template.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Ranges over which the error ratio is recorded. */
const RECORDED_MS: readonly number[] = [
  ...[5 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS, 6 * HOUR_MS],
  ...[DAY_MS, 3 * DAY_MS],
];

/** Burn rate that raises an alert, with its windows. */
interface Burn {
  readonly rate: keyof BurnRates;
  readonly longMs: number;
  readonly shortMs: number;
  readonly severity: Severity;
}

const BURNS: readonly Burn[] = [
  { rate: "critical", longMs: HOUR_MS, shortMs: 5 * MINUTE_MS, severity: "critical" },
  { rate: "unhealthy", longMs: 6 * HOUR_MS, shortMs: 30 * MINUTE_MS, severity: "critical" },
  { rate: "degraded", longMs: 3 * DAY_MS, shortMs: 6 * HOUR_MS, severity: "warning" },
];

/** Timer with an objective. */
type Timer = Definition & { readonly slo: SloObjective; readonly sloName: string };

/** Generates a group for each objective. */
export function sloGroups(definitions: Definitions, options: RuleOptions): RuleGroup[] {
  const rates = burnRatesOf(definitions);
  return definitions.instruments.filter(hasSlo).map((timer) => ({
    name: `slo ${timer.name}`,
    rules: [
      ...new Set(RECORDED_MS.map((range) => scrapedRange(range, options))).values().map((rangeMs) =>
        record(timer, options, rangeMs)
      ),
      ...BURNS.map((burn) => alert(timer, options, burn, rates)).filter((rule) => rule !== undefined),
    ],
  }));
}

function hasSlo(definition: Definition): definition is Timer {
  return definition.slo !== undefined && definition.sloName !== undefined;
}

function record(timer: Timer, options: RuleOptions, rangeMs: number): RecordingRule {
  const scope = jobScope(options);
  const violations: Metric = { type: "counter", exposedName: sloNames(timer.sloName).violations, sketch: timer.sketch };
  const [failed, all] = [violations, timer].map((metric) => sumBy(["job"], gainOf(metric, scope, rangeMs)));
  return { record: recordName(timer, rangeOf(rangeMs)), expr: `${failed} / ${all}` };
}

/** Returns an alert; `undefined` if the burn rate is unreachable even if every duration violates the objective. */
function alert(timer: Timer, options: RuleOptions, burn: Burn, rates: BurnRates): AlertingRule | undefined {
  const { name, slo: { target, thresholdSeconds } } = timer;
  const { severity } = burn;
  const [long, short] = [burn.longMs, burn.shortMs].map((range) => rangeOf(scrapedRange(range, options)));
  const rate = rates[burn.rate];
  if (rate * (1 - target) >= 1) return undefined;
  const { matchers } = jobScope(options);
  const exceeds = (range: string) => `${recordName(timer, range)}{${matchers}} > ${rate} * (1 - ${target})`;
  const shown = escapeTemplate(name);
  return {
    alert: `HotpathSlo${capitalized(name)}`,
    expr: `${exceeds(long)} and ${exceeds(short)}`,
    labels: { severity, slo: shown, long_window: long, short_window: short },
    annotations: {
      summary: `${shown} burns its error budget at more than ${rate}× the sustainable rate`,
      description: `{{ $value | humanizePercentage }} of ${shown} durations over the last ${long} exceeded` +
        ` ${formatSeconds(thresholdSeconds)}; the SLO allows ${percentage(1 - target)}.` +
        ` The burn rate is above ${rate} over both ${long} and ${short}.`,
    },
  };
}

/** Formats a range for the names of recording rules. */
function rangeOf(rangeMs: number): string {
  return rangeMs % DAY_MS === 0 ? `${rangeMs / DAY_MS}d` : formatDuration(rangeMs);
}

function recordName({ sloName }: Timer, range: string): string {
  return `job:${escapeMetricName(sloName, "underscores")}_errors:ratio_rate${range}`;
}
