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
import { readDefinitions, SOURCE_FLAGS, SOURCE_HELP } from "./definitions_source.ts";
import { sayEscaped } from "./escaped_names.ts";
import { type Flags, parseFlags, UsageError } from "./flags.ts";

const JOB_DEFAULT = "hotpath";

/** Help of `hotpath rules`. */
const RULES_HELP = `Prints Prometheus recording and alerting rules for the definitions of a program, as YAML.

Usage: hotpath rules [flags] > rules.yml

${SOURCE_HELP}
  --job NAME               name of the job that scrapes the program (default: ${JOB_DEFAULT})
  --native                 for a Prometheus that scrapes native histograms
  --for DURATION           how long a condition must hold before its alert fires, such as 30s
                           (default: 1m for critical alerts, 5m for warnings)
  --scrape-interval DURATION
                           scrape interval of Prometheus (default: 1m)
  --range DURATION         range of rates and quantiles (default: 5m for quantiles, 1m for
                           rates, and at least four scrapes)
  --interval DURATION      evaluation interval of the rules (default: that of Prometheus)
  --runbook-base URL       the runbook that runbook_url annotations link to, a section per alert
                           (default: the one of this version); with a slash at its end, a page per
                           alert: https://wiki.example.com/runbooks/
  --help                   print this help

Each objective has burn-rate alerts, each KPI a warning beyond its target and a critical alert
beyond its critical threshold; further alerts cover Hotpath itself and the runtime.`;

/**
 * Runs the command.
 *
 * @param args Arguments after `rules`
 * @throws {UsageError} If the arguments are wrong
 * @throws {Error} If the definitions cannot be read
 */
export async function rules(args: readonly string[]): Promise<void> {
  const flags = parseFlags(args, {
    switches: ["help", "native"],
    values: [...SOURCE_FLAGS, "job", "for", "scrape-interval", "range", "interval", "runbook-base"],
  });
  if (flags.isOn("help")) return console.log(RULES_HELP);
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
