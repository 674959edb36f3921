/**
 * Several threads record on the same instruments, and the main thread prints what they come to
 * together.
 *
 * Run it with `deno run --allow-read=. examples/threads/main.ts [THREADS]`.
 *
 * @module
 */

import { once } from "node:events";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { attachMetrics, createMetrics, type MetricsPort } from "@hotpath/metrics";

const ORDERS_PER_THREAD = 10_000;

if (isMainThread) await runThreads(Number(Deno.args[0] ?? 4));
else await sendOrders(workerData.port);

async function runThreads(threads: number): Promise<void> {
  await using metrics = createMetrics();
  const ends = Array.from({ length: threads }, () => {
    const port = metrics.connect();
    const worker = new Worker(new URL(import.meta.url), { workerData: { port }, transferList: port.transfer, env: {} });
    return once(worker, "exit");
  });
  await Promise.all(ends);
  const text = await metrics.scrape();
  console.log(text.split("\n").filter((line) => /^order.*(_total|_count) /.test(line)).join("\n"));
}

async function sendOrders(port: MetricsPort): Promise<void> {
  // Closed at the end of this block, so that nothing is lost when the thread ends.
  await using metrics = await attachMetrics(port);
  const orders = metrics.counter("orders_total", { help: "Orders sent" });
  const execution = metrics.timer("order_execution", { help: "Signal to submission" });
  for (let order = 0; order < ORDERS_PER_THREAD; order++) {
    const start = execution.start();
    orders.inc();
    execution.end(start);
  }
}
