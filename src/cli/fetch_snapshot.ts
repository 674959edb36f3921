/**
 * Reading of a snapshot from a server.
 *
 * @module
 */

import type { Snapshot } from "../model/snapshot.ts";
import { checkSnapshot } from "./check_snapshot.ts";
import { fetchJson } from "./fetch_json.ts";

/**
 * Reads `/metrics.json` below an address.
 *
 * @param address Address of the server, as for {@linkcode fetchJson}
 * @param token Bearer token, if the server requires one
 * @throws {UsageError} If the address is not an HTTP URL
 * @throws {Error} If there is no answer, or it is not a snapshot
 */
export async function fetchSnapshot(address: string, token?: string): Promise<Snapshot> {
  return await fetchJson(address, { route: "/metrics.json", what: "snapshot", check: checkSnapshot }, token);
}
