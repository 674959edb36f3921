/**
 * `hotpath rules`: Prometheus rules from what a program has defined.
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

/** What `hotpath rules --help` prints. */
const RULES_HELP = `Prints Prometheus recording and alerting rules for what a program has defined, as YAML.

Usage: hotpath rules [flags] > rules.yml

${SOURCE_HELP}
  --job NAME               the job that Prometheus scrapes the program as (default: ${JOB_DEFAULT})
  --native                 for a Prometheus that scrapes native histograms
  --for DURATION           how long something must be so before it is told, as 30s
                           (default: 1m for what is critical, 5m for warnings)
  --scrape-interval DURATION
                           how often Prometheus scrapes the program (default: 1m)
  --range DURATION         how long rates and quantiles look back (default: 5m for quantiles, 1m for
                           rates, and at least four scrapes)
  --interval DURATION      how often the rules are evaluated (default: as Prometheus is set)
  --help                   print this

For each objective there are alerts on its error budget, for each KPI a warning beyond its
target and a critical alert beyond its critical threshold, and some on Hotpath and the runtime.`;

/**
 * Runs the command.
 *
 * @param args The arguments after `rules`
 * @throws {UsageError} If they are wrong
 * @throws {Error} If the definitions cannot be had
 */
export async function rules(args: readonly string[]): Promise<void> {
  const flags = parseFlags(args, {
    switches: ["help", "native"],
    values: [...SOURCE_FLAGS, "job", "for", "scrape-interval", "range", "interval"],
  });
  if (flags.isOn("help")) return console.log(RULES_HELP);
  const options = parseOptions(flags);
  const definitions = await readDefinitions(flags);
  const { file, leftOut } = generateRules(definitions, options);
  for (const reason of leftOut) console.error(`hotpath: left out ${printable(JSON.stringify(reason).slice(1, -1))}`);
  sayEscaped(definitions);
  console.log(writeRules(file).trimEnd());
}

function parseOptions(flags: Flags): RuleOptions {
  const [scrapeIntervalMs, rangeMs] = [parseFlag(flags, "scrape-interval"), parseFlag(flags, "range")];
  if (scrapeIntervalMs !== undefined && rangeMs !== undefined && rangeMs < 2 * scrapeIntervalMs) {
    const must = "be at least twice --scrape-interval, for a rate takes two scrapes";
    throw new UsageError(`--range must ${must}, got ${flags.valueOf("range")}`);
  }
  return {
    job: flags.valueOf("job") ?? JOB_DEFAULT,
    isNative: flags.isOn("native"),
    scrapeIntervalMs,
    rangeMs,
    forMs: parseFlag(flags, "for"),
    intervalMs: parseFlag(flags, "interval"),
  };
}

function parseFlag(flags: Flags, name: string): number | undefined {
  const text = flags.valueOf(name);
  if (text === undefined) return undefined;
  try {
    const durationMs = parseDuration(text, "read flags", name);
    if (Number.isInteger(durationMs)) return durationMs;
  } catch {
    // Told below.
  }
  throw new UsageError(
    `--${name} must be a duration of whole milliseconds such as 30s or 5m, got ${JSON.stringify(text)}`,
  );
}
