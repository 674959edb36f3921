/**
 * A job that settles orders, and leaves its metrics in a file for node_exporter, whether it succeeds or fails.
 *
 * Run it with
 * `deno run --allow-read=.,/tmp/textfile --allow-write=/tmp/textfile examples/jobs/nightly_job.ts /tmp/textfile [ORDERS]`.
 *
 * @module
 */

import { createMetrics, type Timer } from "@hotpath/metrics";
import { writeTextfile } from "./write_textfile.ts";

const TASK = { task: "settlement" } as const;
const LAST_SUCCESS = "job_last_success_timestamp_seconds";

const [directory = ".", count = "1000"] = Deno.args;
const path = `${directory}/${TASK.task}.prom`;

// Two jobs on one machine would both write Hotpath's own metrics, which the collector refuses as duplicates.
const metrics = createMetrics({ selfMetrics: false, exposedWindows: [] });
const jobGauge = (name: string, help: string) => metrics.gauge(name, { help, labels: ["task"] }).with(TASK);
const lastRun = jobGauge("job_last_run_timestamp_seconds", "End of the last run");
const lastSuccess = jobGauge(LAST_SUCCESS, "End of the last run that succeeded");
const succeeded = jobGauge("job_last_run_succeeded", "Whether the last run succeeded");
const duration = jobGauge("job_last_run_duration_seconds", "Duration of the last run");
const settled = metrics.gauge("settlement_orders", { help: "Orders settled in the last run" });
const settling = metrics.timer("settlement_order", { help: "Time per order in the last run" });

const before = await readLastSuccess(path);
if (before !== undefined) lastSuccess.set(before);

const startMs = performance.now();
try {
  settled.set(settle(count, settling));
  lastSuccess.set(Date.now() / 1_000);
  succeeded.set(1);
} catch (error) {
  console.error(`settlement failed: ${error instanceof Error ? error.message : error}`);
  succeeded.set(0);
  Deno.exitCode = 1;
}
duration.set((performance.now() - startMs) / 1_000);
lastRun.set(Date.now() / 1_000);
await writeTextfile(metrics, path);
await metrics.close();
console.log(`wrote ${path}`);

/** Settles orders and returns their number. */
function settle(text: string, timer: Timer): number {
  const orders = Number(text);
  if (!Number.isInteger(orders)) throw new RangeError(`the number of orders must be whole, got ${text}`);
  for (let order = 0; order < orders; order++) {
    const start = timer.start();
    for (let position = 0; position < 1_000; position++) Math.hypot(order, position);
    timer.end(start);
  }
  return orders;
}

/** Reads when an earlier run succeeded, which a failure must not erase. */
async function readLastSuccess(path: string): Promise<number | undefined> {
  try {
    const [, value] = new RegExp(`^${LAST_SUCCESS}\\{.*\\} (\\S+)$`, "m").exec(await Deno.readTextFile(path)) ?? [];
    return value === undefined ? undefined : Number(value);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
