/**
 * Module of the aggregator's worker, started by `worker_run.ts`: drains continuously while the rings fill, sleeps while
 * they are idle, and yields to the event loop in between.
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { type MessagePort, workerData } from "node:worker_threads";
import { Doorbell } from "../../ring/doorbell.ts";
import { AggregatorThread } from "./aggregator_thread.ts";
import type { WorkerStart } from "../protocol.ts";

/** Milliseconds until a ring whose records wait for an announcement is read again. */
const WAITING_INTERVAL_MS = 1;

const { port, start } = workerData as { port: MessagePort; start: WorkerStart };
const doorbell = new Doorbell(start.doorbell);
const thread = new AggregatorThread({
  port,
  start,
  nowMs: () => performance.now(),
  // Not `process.exit`, which would leave the served port open if the worker is terminated at the same time.
  end: () => globalThis.close(),
});
drainUntilClosed().catch((error) => thread.fail(error));

async function drainUntilClosed(): Promise<void> {
  const isWorkLeft = () => thread.isWorkLeft;
  while (!thread.isClosed) {
    const { isMore, isWaiting } = thread.drain();
    if (isMore) await new Promise<void>((resolve) => setImmediate(resolve));
    else if (isWaiting) await new Promise<void>((resolve) => setTimeout(resolve, WAITING_INTERVAL_MS));
    else await doorbell.sleep(thread.sleepMs, isWorkLeft);
  }
}
