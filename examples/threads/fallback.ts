/**
 * Metrics that are aggregated in a worker if one can start, and otherwise on the calling thread.
 *
 * Run it with `deno run --no-prompt examples/threads/fallback.ts`, which permits no worker, and with `--allow-read=src`.
 *
 * @module
 */

import { createMetrics, type Metrics } from "@hotpath/metrics";

await using metrics = await startMetrics();
metrics.counter("orders_total", { help: "Orders sent" }).inc();
const { aggregation } = await metrics.performance();
const { metrics: [{ series: [orders] }] } = await metrics.snapshot();
console.log(`Aggregation: ${aggregation}, orders: ${"value" in orders && orders.value}`);

async function startMetrics(): Promise<Metrics> {
  const metrics = createMetrics();
  try {
    await metrics.ready;
    return metrics;
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    return createMetrics({ aggregation: "inline" });
  }
}
