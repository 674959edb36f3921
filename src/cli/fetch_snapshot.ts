/**
 * A snapshot from a server.
 *
 * @module
 */

import type { Snapshot } from "../model/snapshot.ts";
import { checkSnapshot } from "./check_snapshot.ts";
import { fetchJson } from "./fetch_json.ts";

/**
 * Reads `/metrics.json` below an address.
 *
 * @param address As of {@linkcode fetchJson}
 * @param token A bearer token, if the server asks for one
 * @throws {UsageError} If the address is none
 * @throws {Error} If nobody answers, or something else than a snapshot
 */
export async function fetchSnapshot(address: string, token?: string): Promise<Snapshot> {
  return await fetchJson(address, { route: "/metrics.json", what: "snapshot", check: checkSnapshot }, token);
}
