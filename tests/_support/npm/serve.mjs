// Records, serves, and prints what a scrape over HTTP reads. Its argument is the place of aggregation.
import { createMetrics } from "@hotpath/metrics";
import { parseConfig } from "@hotpath/metrics/config";
import { serveMetrics } from "@hotpath/metrics/server";

const config = parseConfig("metrics:\n  histogram_buckets: [1ms, 1s]\n", "metrics.yml");
const metrics = createMetrics({ aggregation: process.argv[2], runtime: true, config });
metrics.counter("orders_total", { labels: ["side"] }).with({ side: "buy" }).inc(3);
const timer = metrics.timer("order");
timer.end(timer.start());
timer.observe(0.5);
metrics.gauge("depth").set(12);
// A scrape over HTTP shows the last drain.
await metrics.flush();
const server = await serveMetrics(metrics, { port: 0 });
const text = await (await fetch(`${server.url}/metrics`)).text();
console.log(
  text.split("\n").filter((line) => /^(orders_total|order_seconds_(bucket|count)|depth)/.test(line)).join("\n"),
);
for (const path of ["/", "/health", "/metrics.json"]) console.log(path, (await fetch(server.url + path)).status);
await server.close();
await metrics.close();
