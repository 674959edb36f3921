/**
 * JSON encoding of a snapshot.
 *
 * @module
 */

import type { Snapshot } from "../model/snapshot.ts";

/** Media type of JSON. */
export const JSON_CONTENT_TYPE = "application/json; charset=utf-8";

/** Encodes a snapshot as JSON. */
export function encodeJson(snapshot: Snapshot): string {
  return JSON.stringify(snapshot);
}
