/**
 * `hotpath rules`: Prometheus rules from the definitions of a program.
 *
 * @module
 */

import { parseDuration } from "../check/duration.ts";
import type { RuleOptions } from "../monitoring/rule_file.ts";
import { generateRules } from "../monitoring/rules.ts";
import { writeRules } from "../monitoring/write_rules.ts";
import { printable } from "../encode/printable.ts";
import type { Command } from "./command.ts";
import { readDefinitions, SOURCE_FLAGS } from "./definitions_source.ts";
import { sayEscaped } from "./escaped_names.ts";
import { type Flags, UsageError } from "./flags.ts";

const JOB_DEFAULT = "hotpath";

/** The command. */
export const RULES: Command = {
  name: "rules",
  summary: "print Prometheus rules for the definitions of a program",
  description: "Prints Prometheus recording and alerting rules for the definitions of a program, as YAML.",
  usage: "> rules.yml",
  flags: [
    ...SOURCE_FLAGS,
    { name: "job", value: "NAME", help: `name of the job that scrapes the program (default: ${JOB_DEFAULT})` },
    { name: "native", help: "for a Prometheus that scrapes native histograms" },
    {
      name: "for",
      value: "DURATION",
      help: "how long a condition must hold before its alert fires, such as 30s\n" +
        "(default: 1m for critical alerts, 5m for warnings)",
    },
    { name: "scrape-interval", value: "DURATION", help: "scrape interval of Prometheus (default: 1m)" },
    {
      name: "range",
      value: "DURATION",
      help: "range of rates and quantiles (default: 5m for quantiles, 1m for\nrates, and at least four scrapes)",
    },
    { name: "interval", value: "DURATION", help: "evaluation interval of the rules (default: that of Prometheus)" },
    {
      name: "runbook-base",
      value: "URL",
      help: "the runbook that runbook_url annotations link to, a section per alert\n" +
        "(default: the one of this version); with a slash at its end, a page per\n" +
        "alert: https://wiki.example.com/runbooks/",
    },
  ],
  notes: "Each objective has burn-rate alerts, each KPI a warning beyond its target and a critical alert\n" +
    "beyond its critical threshold; further alerts cover Hotpath itself and the runtime.",
  run: printRules,
};

async function printRules(flags: Flags): Promise<void> {
  const options = parseOptions(flags);
  const definitions = await readDefinitions(flags);
  const { file, skipped } = generateRules(definitions, options);
  for (const reason of skipped) console.error(`hotpath: skipped ${printable(JSON.stringify(reason).slice(1, -1))}`);
  sayEscaped(definitions);
  console.log(writeRules(file).trimEnd());
}

function parseOptions(flags: Flags): RuleOptions {
  const [scrapeIntervalMs, rangeMs] = [parseFlag(flags, "scrape-interval"), parseFlag(flags, "range")];
  if (scrapeIntervalMs !== undefined && rangeMs !== undefined && rangeMs < 2 * scrapeIntervalMs) {
    const must = "be at least twice --scrape-interval, because a rate needs two scrapes";
    throw new UsageError(`--range must ${must}, got ${flags.valueOf("range")}`);
  }
  return {
    job: flags.valueOf("job") ?? JOB_DEFAULT,
    isNative: flags.isOn("native"),
    scrapeIntervalMs,
    rangeMs,
    forMs: parseFlag(flags, "for"),
    intervalMs: parseFlag(flags, "interval"),
    runbookBase: parseRunbookBase(flags.valueOf("runbook-base")),
  };
}

function parseRunbookBase(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url !== null && ["http:", "https:"].includes(url.protocol) && url.hash === "") return url.href;
  const example = "https://wiki.example.com/runbooks/";
  throw new UsageError(
    `--runbook-base must be a URL without a fragment such as ${example}, got ${JSON.stringify(text)}`,
  );
}

function parseFlag(flags: Flags, name: string): number | undefined {
  const text = flags.valueOf(name);
  if (text === undefined) return undefined;
  try {
    const durationMs = parseDuration(text, "read flags", name);
    if (Number.isInteger(durationMs)) return durationMs;
  } catch {
    // Refused below.
  }
  throw new UsageError(
    `--${name} must be a duration of whole milliseconds such as 30s or 5m, got ${JSON.stringify(text)}`,
  );
}
