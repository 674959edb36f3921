/**
 * `hotpath dashboard`: a Grafana dashboard from the definitions of a program.
 *
 * @module
 */

import { planDashboard } from "../monitoring/dashboard_plan.ts";
import { printableJson } from "../encode/printable.ts";
import type { Command } from "./command.ts";
import { readDefinitions, SOURCE_FLAGS } from "./definitions_source.ts";
import { sayEscaped } from "./escaped_names.ts";
import type { Flags } from "./flags.ts";
import { withProgress } from "./progress.ts";

const TITLE_DEFAULT = "Hotpath";

/** The command. */
export const DASHBOARD: Command = {
  name: "dashboard",
  summary: "print a Grafana dashboard for the definitions of a program",
  description: "Prints a Grafana dashboard for the definitions of a program, as JSON.",
  usage: "> dashboard.json",
  flags: [
    ...SOURCE_FLAGS,
    { name: "title", value: "TEXT", help: `title of the dashboard (default: ${TITLE_DEFAULT})` },
    { name: "native", help: "for a Prometheus that scrapes native histograms" },
  ],
  notes: "Metrics are grouped in rows by the words of their names, else by their labels; the last row,\n" +
    "Other, has the remaining ones. Thresholds are taken from KPIs and objectives.",
  run: printDashboard,
};

async function printDashboard(flags: Flags): Promise<void> {
  const options = { title: flags.valueOf("title") ?? TITLE_DEFAULT, isNative: flags.isOn("native") };
  const definitions = await readDefinitions(flags);
  sayEscaped(definitions);
  const plan = planDashboard(definitions, options);
  // Only this command loads Grafana's SDK.
  const { buildDashboard } = await withProgress("Loading Grafana's SDK", () => import("../monitoring/dashboard.ts"));
  console.log(printableJson(JSON.stringify(buildDashboard(plan), null, 2)));
}
