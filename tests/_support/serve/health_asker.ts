/**
 * Asks a server for its health from another thread, until it is not healthy; started by `health_test.ts`.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";

/** Start message. */
export interface AskerJob {
  readonly url: string;
  /** Set to 1 when it has seen enough, and notified. */
  readonly flag: Int32Array;
}

const { url, flag } = workerData as AskerJob;

parentPort?.once("message", async () => {
  const seen = [];
  while (Atomics.load(flag, 0) === 0) {
    const short = await fetch(`${url}/health`);
    const { status } = await short.json();
    const extended = await (await fetch(`${url}/health/extended`)).json();
    if (status === "HEALTHY") continue;
    seen.push({ code: short.status, status, reasons: extended.reasons });
    break;
  }
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
  parentPort?.postMessage(seen);
});
parentPort?.postMessage("ready");
