/**
 * `hotpath dashboard`: a Grafana dashboard from what a program has defined.
 *
 * @module
 */

import { planDashboard } from "../monitoring/dashboard_plan.ts";
import { printableJson } from "../encode/printable.ts";
import { readDefinitions, SOURCE_FLAGS, SOURCE_HELP } from "./definitions_source.ts";
import { sayEscaped } from "./escaped_names.ts";
import { parseFlags } from "./flags.ts";
import { withProgress } from "./progress.ts";

const TITLE_DEFAULT = "Hotpath";

/** What `hotpath dashboard --help` prints. */
const DASHBOARD_HELP = `Prints a Grafana dashboard for what a program has defined, as JSON.

Usage: hotpath dashboard [flags] > dashboard.json

${SOURCE_HELP}
  --title TEXT             what the dashboard is called (default: ${TITLE_DEFAULT})
  --native                 for a Prometheus that scrapes native histograms
  --help                   print this

Metrics are put in rows by the words of their names, else by their labels; what fits nowhere
is in the last row, Other. Thresholds are those of KPIs and objectives.`;

/**
 * Runs the command.
 *
 * @param args The arguments after `dashboard`
 * @throws {UsageError} If they are wrong
 * @throws {Error} If the definitions cannot be had
 */
export async function dashboard(args: readonly string[]): Promise<void> {
  const flags = parseFlags(args, { switches: ["help", "native"], values: [...SOURCE_FLAGS, "title"] });
  if (flags.isOn("help")) return console.log(DASHBOARD_HELP);
  const options = { title: flags.valueOf("title") ?? TITLE_DEFAULT, isNative: flags.isOn("native") };
  const definitions = await readDefinitions(flags);
  sayEscaped(definitions);
  const plan = planDashboard(definitions, options);
  // Grafana's SDK is loaded by this command only.
  const { buildDashboard } = await withProgress("Loading Grafana's SDK", () => import("../monitoring/dashboard.ts"));
  console.log(printableJson(JSON.stringify(buildDashboard(plan), null, 2)));
}
