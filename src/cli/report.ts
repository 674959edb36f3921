/**
 * `hotpath report`: the metrics of a server as a table.
 *
 * @module
 */

import { fileProblem } from "../config/file_problem.ts";
import { encodeReport } from "../encode/report.ts";
import { fetchSnapshot } from "./fetch_snapshot.ts";
import { parseFlags } from "./flags.ts";

const URL_DEFAULT = "http://127.0.0.1:9464";

const TOKEN = /^[\x21-\x7e]+$/;

/** What `hotpath report --help` prints. */
export const REPORT_HELP = `Prints the metrics of a running server as a table.

Usage: hotpath report [flags]

  --url URL                where Hotpath serves (default: ${URL_DEFAULT}), with user:password@ if it asks for them
  --auth-token-file FILE   send the bearer token that stands in this file
  --help                   print this

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
  const flags = parseFlags(args, { switches: ["help"], values: ["url", "auth-token-file"] });
  if (flags.isOn("help")) return console.log(REPORT_HELP);
  const tokenFile = flags.valueOf("auth-token-file");
  const token = tokenFile === undefined ? undefined : await readToken(tokenFile);
  const snapshot = await fetchSnapshot(flags.valueOf("url") ?? URL_DEFAULT, token);
  console.log(encodeReport(snapshot).trimEnd());
}

async function readToken(path: string): Promise<string> {
  const token = (await readFile(path)).trim();
  if (!TOKEN.test(token)) throw new Error(`Cannot use the token ${path}: it must be one line of visible ASCII`);
  return token;
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new Error(`Cannot read the token ${path}: ${fileProblem(error, path)}`);
  }
}
