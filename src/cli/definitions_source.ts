/**
 * Definitions of a program, read from its server or from a configuration file, as far as the file contains them.
 *
 * @module
 */

import { readConfig } from "../config/file.ts";
import { resolveOptions } from "../config/options.ts";
import type { Definitions } from "../model/definitions.ts";
import { createMetrics } from "../create_metrics.ts";
import { checkDefinitions } from "./check_definitions.ts";
import { fetchJson, URL_DEFAULT } from "./fetch_json.ts";
import { type Flag, type Flags, UsageError } from "./flags.ts";
import { settled } from "./settled.ts";
import { withProgress } from "./progress.ts";
import { readToken } from "./read_token.ts";

/** Flags for the address of a server and its token. */
export const SERVER_FLAGS: readonly Flag[] = [
  {
    name: "url",
    value: "URL",
    help: `read from the server at this address (default: ${URL_DEFAULT}),\nwith user:password@ if required`,
  },
  { name: "auth-token-file", value: "FILE", help: "send the bearer token in this file" },
];

/** Flags for the source of the definitions. */
export const SOURCE_FLAGS: readonly Flag[] = [
  ...SERVER_FLAGS,
  { name: "config", value: "FILE", help: "read timers and objectives from this file instead of a server" },
];

const WANTED = { route: "/diagnostics/metrics", what: "list of definitions", check: checkDefinitions } as const;

/**
 * Reads definitions.
 *
 * @throws {UsageError} If the flags are wrong
 * @throws {Error} If the definitions cannot be read
 */
export async function readDefinitions(flags: Flags): Promise<Definitions> {
  const [address, tokenFile, configPath] = SOURCE_FLAGS.map(({ name }) => flags.valueOf(name));
  if (configPath === undefined) {
    const token = await readToken(tokenFile);
    return await withProgress("Waiting for the server", () => fetchJson(address ?? URL_DEFAULT, WANTED, token));
  }
  if (address !== undefined || tokenFile !== undefined) {
    throw new UsageError("--config excludes --url and --auth-token-file");
  }
  return await definitionsOf(configPath);
}

/** Reads the definitions of a configuration file in the same way as `hotpath serve`. */
function definitionsOf(path: string): Promise<Definitions> {
  return settled(async () => {
    const config = await readConfig(path);
    const runtime = config.metrics.runtime === undefined ? true : undefined;
    const options = { aggregation: "inline", clock: "performance", config, runtime } as const;
    await using metrics = createMetrics(options);
    const { sloByTimer = new Map() } = resolveOptions(options).record.defaults;
    const there = new Set((await metrics.instruments()).map(({ name }) => name));
    for (const name of sloByTimer.keys()) if (!there.has(name)) metrics.timer(name);
    return await metrics.definitions();
  });
}
