/**
 * A thread that records some 100,000 values a second until it is ended.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { attachMetrics } from "@hotpath/metrics";

const TICK_MS = 5;
const VALUES_A_TICK = 500;

const metrics = await attachMetrics(workerData.port);
const histogram = metrics.histogram("calls");
setInterval(() => {
  for (let i = 0; i < VALUES_A_TICK; i++) histogram.observe(i);
}, TICK_MS);
parentPort?.postMessage("ready");
