/**
 * `hotpath report`: the metrics of a server as a table.
 *
 * @module
 */

import { encodeReport } from "../encode/report.ts";
import { URL_DEFAULT } from "./fetch_json.ts";
import { fetchSnapshot } from "./fetch_snapshot.ts";
import { parseFlags } from "./flags.ts";
import { withProgress } from "./progress.ts";
import { readToken } from "./read_token.ts";

/** Help of `hotpath report`. */
const REPORT_HELP = `Prints the metrics of a running server as a table.

Usage: hotpath report [flags]

  --url URL                address of the server (default: ${URL_DEFAULT}),
                           with user:password@ if required
  --auth-token-file FILE   send the bearer token in this file
  --help                   print this help

Count, quantiles and SLO cover the time since the start. The rate covers the longest window
that is not longer than the server's uptime.`;

/**
 * Runs the command.
 *
 * @param args Arguments after `report`
 * @throws {UsageError} If the arguments are wrong
 * @throws {Error} If the snapshot cannot be read
 */
export async function report(args: readonly string[]): Promise<void> {
  const flags = parseFlags(args, { switches: ["help"], values: ["url", "auth-token-file"] });
  if (flags.isOn("help")) return console.log(REPORT_HELP);
  const token = await readToken(flags.valueOf("auth-token-file"));
  const address = flags.valueOf("url") ?? URL_DEFAULT;
  const snapshot = await withProgress("Waiting for the server", () => fetchSnapshot(address, token));
  console.log(encodeReport(snapshot).trimEnd());
}
