/**
 * Generates `rules.yml` and `dashboard.json` from the definitions of the trading demo, as `hotpath rules` and
 * `hotpath dashboard` do while `deno task serve` runs.
 *
 * Run it with `deno task monitoring`.
 *
 * @module
 */

import { createMetrics, type Definitions, type HealthOptions } from "@hotpath/metrics";
import { buildDashboard } from "../../src/monitoring/dashboard.ts";
import { planDashboard } from "../../src/monitoring/dashboard_plan.ts";
import { generateRules } from "../../src/monitoring/rules.ts";
import { writeRules } from "../../src/monitoring/write_rules.ts";
import { ROWS } from "../trading/candles.ts";
import { createPipeline } from "../trading/pipeline.ts";

/** Readable with all permissions on Linux only; excluded, because the files must be the same everywhere. */
const PRIVILEGED = ["process_virtual_memory_bytes", "process_open_fds", "process_max_fds"];

/** As in `prometheus.yml`. */
const SCRAPE_INTERVAL_MS = 5_000;

/** Returns the definitions of the demo. */
export async function demoDefinitions(health: HealthOptions = {}): Promise<Definitions> {
  await using metrics = createMetrics({ aggregation: "inline", runtime: true, health });
  const pipeline = createPipeline(metrics, { latencyMs: () => 0 });
  // The first trace defines the timers of its stages.
  pipeline.feed(ROWS[0]);
  await pipeline.settle();
  const definitions = await metrics.definitions();
  const instruments = definitions.instruments.filter(({ name }) => !PRIVILEGED.includes(name));
  return { ...definitions, instruments };
}

/** Returns the text of each file. */
export async function generate(): Promise<Readonly<Record<"rules.yml" | "dashboard.json", string>>> {
  const definitions = await demoDefinitions();
  const { file } = generateRules(definitions, {
    job: "hotpath",
    isNative: false,
    scrapeIntervalMs: SCRAPE_INTERVAL_MS,
  });
  const dashboard = buildDashboard(planDashboard(definitions, { title: "Hotpath", isNative: false }));
  return { "rules.yml": writeRules(file), "dashboard.json": `${JSON.stringify(dashboard, null, 2)}\n` };
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(await generate())) {
    await Deno.writeTextFile(new URL(name, import.meta.url), text);
  }
}
