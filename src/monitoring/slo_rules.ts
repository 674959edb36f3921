/**
 * Rules for service level objectives: what share of durations violated them, over several times, and alerts for an error
 * budget that is used up too fast. An alert looks at a long time, so that it is not about a moment, and at a short one,
 * so that it ends when the trouble does.
 *
 * Source: Google, "The Site Reliability Workbook", chapter 5, "Alerting on SLOs", section 6.
 *
 * @module
 */

import type { Definitions, HealthLimits } from "../definitions.ts";
import { HEALTH_DEFAULTS } from "../health/settings.ts";
import type { Definition, SloObjective } from "../model.ts";
import { escapeMetricName } from "../names.ts";
import { sloNames } from "../sample_names.ts";
import { jobScope, rateOf, seriesOf, sumBy } from "./promql.ts";
import type { AlertingRule, RecordingRule, RuleGroup, RuleOptions, Severity } from "./rule_file.ts";
import { capitalized, escapeTemplate, percentage } from "./template.ts";

const RECORDED: readonly string[] = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];

/** How fast is too fast, and over which times that shows. */
interface Burn {
  /** The name that the health has for it. */
  readonly limit: "critical" | "unhealthy" | "degraded";
  readonly long: string;
  readonly short: string;
  readonly severity: Severity;
}

const BURNS: readonly Burn[] = [
  { limit: "critical", long: "1h", short: "5m", severity: "critical" },
  { limit: "unhealthy", long: "6h", short: "30m", severity: "critical" },
  { limit: "degraded", long: "3d", short: "6h", severity: "warning" },
];

/** A timer that has an objective. */
type Timer = Definition & { readonly slo: SloObjective; readonly sloName: string };

/** A group for each objective. */
export function sloGroups({ instruments, health }: Definitions, options: RuleOptions): RuleGroup[] {
  const limits = health.burnRate ?? HEALTH_DEFAULTS.burnRate;
  return instruments.filter(hasSlo).map((timer) => ({
    name: `slo ${timer.name}`,
    rules: [
      ...RECORDED.map((range) => record(timer, options, range)),
      ...BURNS.map((burn) => alert(timer, options, burn, limits)).filter((rule) => rule !== undefined),
    ],
  }));
}

function hasSlo(definition: Definition): definition is Timer {
  return definition.slo !== undefined && definition.sloName !== undefined;
}

function record(timer: Timer, options: RuleOptions, range: string): RecordingRule {
  const scope = jobScope(options);
  const violations = { exposedName: sloNames(timer.sloName).violations };
  const failed = sumBy(["job"], `rate(${seriesOf(violations, scope)}[${range}])`);
  return { record: recordName(timer, range), expr: `${failed} / ${sumBy(["job"], rateOf(timer, scope, range))}` };
}

/** `undefined` where even a program that keeps nothing of its objective would not be that fast. */
function alert(timer: Timer, options: RuleOptions, burn: Burn, limits: HealthLimits): AlertingRule | undefined {
  const { name, slo: { target, thresholdSeconds } } = timer;
  const { long, short, severity } = burn;
  const rate = limits[burn.limit];
  if (rate === undefined || rate * (1 - target) >= 1) return undefined;
  const { matchers } = jobScope(options);
  const exceeds = (range: string) => `${recordName(timer, range)}{${matchers}} > ${rate} * (1 - ${target})`;
  const shown = escapeTemplate(name);
  return {
    alert: `HotpathSlo${capitalized(name)}`,
    expr: `${exceeds(long)} and ${exceeds(short)}`,
    labels: { severity, slo: shown, long_window: long, short_window: short },
    annotations: {
      summary: `${shown} uses up its error budget more than ${rate} times as fast as it may`,
      description:
        `{{ $value | humanizePercentage }} of the durations of ${shown} were above ${thresholdSeconds} seconds` +
        ` over ${long}, and too many over ${short}, too; the objective allows ${percentage(1 - target)}.`,
    },
  };
}

function recordName({ sloName }: Timer, range: string): string {
  return `job:${escapeMetricName(sloName, "underscores")}_errors:ratio_rate${range}`;
}
