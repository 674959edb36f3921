/**
 * Changes settings over HTTP from another thread, once it receives a message.
 *
 * @module
 */

import { parentPort } from "node:worker_threads";

/** What to send. */
export interface PatchJob {
  readonly url: string;
  readonly token: string;
  readonly patch: unknown;
}

parentPort?.once("message", async ({ url, token, patch }: PatchJob) => {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(url, { method: "PATCH", headers, body: JSON.stringify(patch) });
  parentPort?.postMessage([response.status, await response.json()]);
});
parentPort?.postMessage("ready");
