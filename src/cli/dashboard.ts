/**
 * `hotpath dashboard`: a Grafana dashboard from the definitions of a program.
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

/** Help of `hotpath dashboard`. */
const DASHBOARD_HELP = `Prints a Grafana dashboard for the definitions of a program, as JSON.

Usage: hotpath dashboard [flags] > dashboard.json

${SOURCE_HELP}
  --title TEXT             title of the dashboard (default: ${TITLE_DEFAULT})
  --native                 for a Prometheus that scrapes native histograms
  --help                   print this help

Metrics are grouped in rows by the words of their names, else by their labels; the last row,
Other, has the remaining ones. Thresholds are taken from KPIs and objectives.`;

/**
 * Runs the command.
 *
 * @param args Arguments after `dashboard`
 * @throws {UsageError} If the arguments are wrong
 * @throws {Error} If the definitions cannot be read
 */
export async function dashboard(args: readonly string[]): Promise<void> {
  const flags = parseFlags(args, { switches: ["help", "native"], values: [...SOURCE_FLAGS, "title"] });
  if (flags.isOn("help")) return console.log(DASHBOARD_HELP);
  const options = { title: flags.valueOf("title") ?? TITLE_DEFAULT, isNative: flags.isOn("native") };
  const definitions = await readDefinitions(flags);
  sayEscaped(definitions);
  const plan = planDashboard(definitions, options);
  // Only this command loads Grafana's SDK.
  const { buildDashboard } = await withProgress("Loading Grafana's SDK", () => import("../monitoring/dashboard.ts"));
  console.log(printableJson(JSON.stringify(buildDashboard(plan), null, 2)));
}
