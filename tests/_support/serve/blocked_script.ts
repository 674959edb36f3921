/**
 * Serves metrics, then does not yield to its event loop until another thread has scraped them: prints what that
 * thread saw. Run by `blocked_test.ts`.
 *
 * @module
 */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { createMetrics } from "../../../mod.ts";
import { serveMetrics } from "../../../src/server.ts";

/** Start message of the scraper. */
export interface BlockedJob {
  readonly url: string;
  /** 1 when the scraper has seen enough. */
  readonly flag: Int32Array;
  readonly messagesBefore: number;
  readonly messagesAfter: number;
}

/** Only so that a failure ends. */
const PATIENCE_MS = 60_000;

await using metrics = createMetrics();
metrics.counter("orders_total").inc(7);
const laps = metrics.counter("laps_total");
const sizes = metrics.histogram("message_bytes", { unit: "bytes" });
// Whole batches: what a busy thread has recorded is seen once its batch of 64 is full.
const messagesBefore = 64 * 16;
const messagesAfter = messagesBefore + 64 * 100;
for (let i = 0; i < messagesBefore; i++) sizes.observe(512);
await using server = await serveMetrics(metrics, { port: 0 });

const flag = new Int32Array(new SharedArrayBuffer(4));
const job: BlockedJob = { url: server.url, flag, messagesBefore, messagesAfter };
const scraper = new Worker(new URL("./blocked_scraper.ts", import.meta.url), { workerData: job });
await once(scraper, "message");
scraper.postMessage("go");

const endMs = performance.now() + PATIENCE_MS;
for (let lap = 0; Atomics.load(flag, 0) === 0 && performance.now() < endMs; lap++) {
  if (lap < messagesAfter - messagesBefore) sizes.observe(512);
  laps.inc();
}
Atomics.store(flag, 0, 1);
const [seen] = await once(scraper, "message");
await scraper.terminate();
console.log(JSON.stringify(seen));
