/**
 * Configuration files. Options of the program take precedence over the environment, the environment over the file, the
 * file over the defaults.
 *
 * ```yaml
 * metrics:
 *   sampling_rate: 0.1
 *   windows: [1s, 1m]
 *   slo_by_timer:
 *     order_execution: 5ms
 * ```
 *
 * @module
 */

import { parse } from "@std/yaml/parse";
import { checkKeys, isMapping } from "../check/options.ts";
import { fileProblem } from "../platform/errors.ts";
import type { Config } from "./layers.ts";
import { readSmallFile } from "../platform/small_file.ts";

/** Maximum number of values, far more than settings need. */
const VALUES_MAX = 10_000;
const DEPTH_MAX = 32;
const TOO_MANY = `has more than ${VALUES_MAX} values once aliases are expanded, or more than ${DEPTH_MAX} levels`;

export type { Config } from "./layers.ts";

/**
 * Reads a configuration file for the option `config` of `createMetrics`, which checks the settings. Needs permission to
 * read the file.
 *
 * @param path Path of the file, at most 1 MiB
 * @throws {SyntaxError} If it is neither YAML nor JSON; the error names the line
 * @throws {TypeError} If it has a top-level key other than `metrics`
 * @throws {Error} If it cannot be read
 *
 * @example Settings from a file
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 * import { readConfig } from "@hotpath/metrics/config";
 *
 * const path = await Deno.makeTempFile({ suffix: ".yaml" });
 * await Deno.writeTextFile(path, "metrics:\n  drain_interval_ms: 250\n");
 * await using metrics = createMetrics({ config: await readConfig(path) });
 * assertEquals((await metrics.performance()).drainIntervalMs, 250);
 * await Deno.remove(path);
 * ```
 */
export async function readConfig(path: string | URL): Promise<Config> {
  let text: string;
  try {
    text = await readSmallFile(path);
  } catch (error) {
    throw new Error(`Cannot read ${path}: ${fileProblem(error, path)}`, { cause: error });
  }
  return parseConfig(text, String(path));
}

/**
 * Parses the text of a configuration file, for environments without files.
 *
 * @param text YAML 1.2, which includes JSON
 * @param source Name of the text in errors
 * @throws {SyntaxError} If the text is neither YAML nor JSON; the error names the line
 * @throws {TypeError} If it has a top-level key other than `metrics`
 *
 * @example JSON
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { parseConfig } from "@hotpath/metrics/config";
 *
 * const config = parseConfig('{ "metrics": { "port": 9100 } }', "hotpath.json");
 * assertEquals(config, { source: "hotpath.json", metrics: { port: 9_100 } });
 * ```
 */
export function parseConfig(text: string, source: string): Config {
  const action = `read ${source}`;
  const document = parseYaml(text, action);
  if (!isSmall(document)) throw new SyntaxError(`Cannot ${action}: it ${TOO_MANY}`);
  if (isMapping(document)) checkKeys({ action, path: "the file" }, document, ["metrics"]);
  if (!isMapping(document) || !Object.hasOwn(document, "metrics")) {
    throw new TypeError(`Cannot ${action}: it must have the key "metrics"`);
  }
  // YAML reads a key without a value as null.
  const metrics = document.metrics ?? {};
  if (!isMapping(metrics)) {
    throw new TypeError(`Cannot ${action}: "metrics" must be an object with settings`);
  }
  return { source, metrics };
}

/** Parses by the core schema: booleans, numbers and strings, but no dates. */
function parseYaml(text: string, action: string): unknown {
  try {
    return parse(text, { schema: "core" });
  } catch (error) {
    // The message is "Cannot store mapping pair: duplicated key at line 2, column 1:", then an excerpt.
    const message = error instanceof Error ? error.message : String(error);
    // The parser recurses into each level.
    if (error instanceof RangeError) throw new SyntaxError(`Cannot ${action}: it ${TOO_MANY}`);
    const [, reason, where] = /^(?:Cannot [^:]*: )?(.*) at (line \d+, column \d+)/s.exec(message) ?? [];
    // No cause, no excerpt and no quotation of the file, which may contain secrets.
    throw new SyntaxError(`Cannot ${action}: ${where === undefined ? "" : `${where}: `}${unquoted(reason ?? message)}`);
  }
}

/**
 * Whether the settings are few enough to be checked one by one. An alias counts as everything it refers to: a few
 * hundred bytes of nested ones would exceed any memory.
 */
function isSmall(document: unknown): boolean {
  const rest: [value: unknown, depth: number][] = [[document, 1]];
  for (let count = 0; rest.length > 0; count++) {
    const [value, depth] = rest.pop()!;
    if (typeof value !== "object" || value === null) continue;
    const members = Object.values(value);
    if (depth > DEPTH_MAX || count + rest.length + members.length > VALUES_MAX) return false;
    for (const member of members) rest.push([member, depth + 1]);
  }
  return true;
}

/** Returns a message of the parser without its quotations: an alias, a tag, the surrounding lines. */
function unquoted(reason: string): string {
  return reason.split("\n")[0].replaceAll(/"[^"]*"|<[^>]*>/g, "…");
}
