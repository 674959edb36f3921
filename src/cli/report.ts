/**
 * `hotpath report`: the metrics of a server as a table.
 *
 * @module
 */

import { encodeReport } from "../encode/report.ts";
import { fetchSnapshot } from "./fetch_snapshot.ts";
import { parseFlags } from "./flags.ts";

const URL_DEFAULT = "http://127.0.0.1:9464";

/** What `hotpath report --help` prints. */
export const REPORT_HELP = `Prints the metrics of a running server as a table.

Usage: hotpath report [flags]

  --url URL   where Hotpath serves (default: ${URL_DEFAULT})
  --help      print this

Count, quantiles and SLO are those since the start. The rate is that of the longest
window that the server has been up for.`;

/**
 * Runs the command.
 *
 * @param args The arguments after `report`
 * @throws {UsageError} If they are wrong
 * @throws {Error} If there is no snapshot to be had
 */
export async function report(args: readonly string[]): Promise<void> {
  const flags = parseFlags(args, { switches: ["help"], values: ["url"] });
  if (flags.isOn("help")) return console.log(REPORT_HELP);
  const snapshot = await fetchSnapshot(flags.valueOf("url") ?? URL_DEFAULT);
  console.log(encodeReport(snapshot).trimEnd());
}
