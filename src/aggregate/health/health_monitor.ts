/**
 * Health of one aggregator: measures, runs the checks, and joins their findings.
 *
 * @module
 */

import { overall } from "../../health/overall.ts";
import { BUILT_IN_CHECKS, type HealthSettings } from "../../health/settings.ts";
import type { Health, HealthCheckResult } from "../../model/health_status.ts";
import { AggregatorInputs, type HealthSource } from "./aggregator_inputs.ts";
import { CheckReports } from "../../health/check_reports.ts";

/** Health, limited to what the checks decide. */
export type Judgement = Omit<Health, "isReady" | "uptimeSeconds">;

/** Checks of one aggregator. */
export class HealthMonitor {
  /** Latest reports of the checks that the program added. */
  readonly reports: CheckReports = new CheckReports();
  readonly #inputs: AggregatorInputs;
  readonly #settings: HealthSettings;

  constructor(source: HealthSource, settings: HealthSettings) {
    this.#inputs = new AggregatorInputs(source, settings);
    this.#settings = settings;
  }

  /** Notes what cannot be measured later; called at each drain. */
  note(nowMs: number): void {
    this.#inputs.note(nowMs);
  }

  /** Returns the health at a time. */
  judge(nowMs: number): Judgement {
    this.note(nowMs);
    const inputs = this.#inputs.at(nowMs);
    const checks: HealthCheckResult[] = [{ name: "aggregator", status: "HEALTHY" }];
    let added: Pick<Health, "eventLoop"> = {};
    for (const [name, check] of BUILT_IN_CHECKS) {
      const setting = this.#settings[name];
      if (setting === undefined || setting === false) continue;
      const { details, ...result } = check.judge(inputs, setting);
      checks.push({ name, ...result });
      added = { ...added, ...details };
    }
    checks.push(...this.reports.results(nowMs));
    return { ...overall(checks), checks, ...added };
  }
}
