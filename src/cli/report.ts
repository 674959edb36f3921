/**
 * `hotpath report`: the metrics of a server as a table.
 *
 * @module
 */

import { encodeReport } from "../encode/report.ts";
import type { Command } from "./command.ts";
import { SERVER_FLAGS } from "./definitions_source.ts";
import { URL_DEFAULT } from "./fetch_json.ts";
import { fetchSnapshot } from "./fetch_snapshot.ts";
import type { Flags } from "./flags.ts";
import { withProgress } from "./progress.ts";
import { readToken } from "./read_token.ts";

/** The command. */
export const REPORT: Command = {
  name: "report",
  summary: "print the metrics of a server as a table",
  description: "Prints the metrics of a running server as a table.",
  flags: SERVER_FLAGS,
  notes: "Count, quantiles and SLO cover the time since the start. The rate covers the longest window\n" +
    "that is not longer than the server's uptime.",
  run: report,
};

async function report(flags: Flags): Promise<void> {
  const token = await readToken(flags.valueOf("auth-token-file"));
  const address = flags.valueOf("url") ?? URL_DEFAULT;
  const snapshot = await withProgress("Waiting for the server", () => fetchSnapshot(address, token));
  console.log(encodeReport(snapshot).trimEnd());
}
