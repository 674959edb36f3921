/**
 * `hotpath report`: the metrics of a server as a table, or as JSON.
 *
 * @module
 */

import { printable, printableJson } from "../encode/printable.ts";
import { encodeReport, type ReportView, SORT_COLUMNS } from "../encode/report.ts";
import { matchingSeries } from "../encode/series_name.ts";
import type { Snapshot } from "../model/snapshot.ts";
import type { Command } from "./command.ts";
import { SERVER_FLAGS } from "./definitions_source.ts";
import { URL_DEFAULT } from "./fetch_json.ts";
import { fetchSnapshot } from "./fetch_snapshot.ts";
import { type Flags, parseNumber, UsageError } from "./flags.ts";
import { withProgress } from "./progress.ts";
import { readToken } from "./read_token.ts";
import { frameOf, printLine, screenSize, watch } from "./watch.ts";

const WATCH_S_DEFAULT = 2;
const WATCH_S_MIN = 0.1;
const WATCH_S_MAX = 86_400;

/** The command. */
export const REPORT: Command = {
  name: "report",
  summary: "print the metrics of a server as a table",
  description: "Prints the metrics of a running server as a table.",
  flags: [
    ...SERVER_FLAGS,
    {
      name: "filter",
      value: "REGEX",
      help: "only series that match this regular expression, by their name and\n" +
        'labels as the table shows them: checkouts_total{payment="card"}',
    },
    {
      name: "sort",
      value: "COLUMN",
      choices: SORT_COLUMNS,
      help: `sort by a column: ${SORT_COLUMNS.join(", ")};\nlargest numbers and lowest compliance first`,
    },
    {
      name: "watch",
      value: "N",
      implied: String(WATCH_S_DEFAULT),
      help: `print again every N seconds (default: ${WATCH_S_DEFAULT}), until Ctrl-C`,
    },
    { name: "json", help: "print the snapshot of /metrics.json; with --watch, one on each line" },
  ],
  notes: "Count, quantiles and SLO cover the time since the start. The rate covers the longest window\n" +
    "that is not longer than the server's uptime. Large numbers have three digits; JSON has all.",
  run: (flags) => report(settingsOf(flags)),
};

interface ReportSettings {
  readonly address: string;
  readonly tokenFile: string | undefined;
  readonly filter: RegExp | undefined;
  readonly sort: string | undefined;
  readonly watchMs: number | undefined;
  readonly isJson: boolean;
}

function settingsOf(flags: Flags): ReportSettings {
  const [sort, isJson, watchS] = [flags.valueOf("sort"), flags.isOn("json"), flags.valueOf("watch")];
  if (isJson && sort !== undefined) throw new UsageError("--json and --sort exclude each other");
  return {
    address: flags.valueOf("url") ?? URL_DEFAULT,
    tokenFile: flags.valueOf("auth-token-file"),
    filter: parsePattern(flags.valueOf("filter")),
    sort,
    watchMs: watchS === undefined ? undefined : parseInterval(watchS) * 1_000,
    isJson,
  };
}

async function report(settings: ReportSettings): Promise<void> {
  const { address, tokenFile, watchMs } = settings;
  const token = await readToken(tokenFile);
  const text = async () => textOf(await fetchSnapshot(address, token), settings);
  const first = await withProgress("Waiting for the server", text);
  if (watchMs === undefined) return console.log(first);
  const texts = followed(first, text);
  await watch(watchMs, async () => await show(await texts(), settings.isJson));
}

/** Returns the first text, then further ones. Once a server has answered, it may restart: a failure is a text too. */
function followed(first: string, next: () => Promise<string>): () => Promise<string | Error> {
  let known: string | undefined = first;
  return async () => {
    const text = known;
    known = undefined;
    return text ?? await next().catch((error: Error) => error);
  };
}

/** Prints a text: in place of the last one on a terminal, else below it. */
async function show(text: string | Error, isJson: boolean): Promise<void> {
  const line = text instanceof Error ? `hotpath: ${printable(text.message)}; trying again` : text;
  const size = isJson ? undefined : screenSize();
  if (size !== undefined) await printLine(frameOf(line, size));
  else if (text instanceof Error) console.error(line);
  else await printLine(isJson ? line : `${line}\n`);
}

function textOf(snapshot: Snapshot, { filter, sort, isJson, watchMs }: ReportSettings): string {
  const shown = filter === undefined ? snapshot : matchingSeries(snapshot, filter);
  if (isJson) return printableJson(JSON.stringify(shown, null, watchMs === undefined ? 2 : 0));
  const nothing = snapshot.metrics.length > 0 ? `No series matches ${printable(String(filter))}` : undefined;
  const view: ReportView = { isHuman: true, width: screenSize()?.columns, sort, nothing };
  return encodeReport(shown, view).trimEnd();
}

function parsePattern(text: string | undefined): RegExp | undefined {
  if (text === undefined) return undefined;
  try {
    return new RegExp(text);
  } catch (error) {
    const [, reason] = /^Invalid regular expression: .*: (.*)$/s.exec((error as Error).message) ?? [];
    throw new UsageError(`--filter must be a regular expression, got ${JSON.stringify(text)}: ${reason ?? error}`);
  }
}

function parseInterval(text: string): number {
  const must = `a number from ${WATCH_S_MIN} to ${WATCH_S_MAX}`;
  return parseNumber("watch", text, must, (value) => value >= WATCH_S_MIN && value <= WATCH_S_MAX);
}
