// Records on three threads, and prints the sum.
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { attachMetrics, createMetrics } from "@hotpath/metrics";

if (isMainThread) {
  const metrics = createMetrics();
  metrics.counter("orders_total").inc(1_000);
  const ends = ["a", "b"].map((name) => {
    const port = metrics.connect();
    const worker = new Worker(new URL(import.meta.url), {
      workerData: { port, name },
      transferList: port.transfer,
    });
    return new Promise((resolve, reject) => worker.on("exit", resolve).on("error", reject));
  });
  await Promise.all(ends);
  const lines = (await metrics.scrape()).split("\n");
  console.log(
    lines.filter((line) => /^(orders_total|order_seconds_count|hotpath_records_dropped)/.test(line)).join("\n"),
  );
  await metrics.close();
} else {
  const { port, name } = workerData;
  const metrics = await attachMetrics(port, { name });
  const [orders, timer] = [metrics.counter("orders_total"), metrics.timer("order")];
  for (let i = 0; i < 1_000; i++) {
    orders.inc();
    timer.observe(0.001);
  }
  await metrics.close();
}
