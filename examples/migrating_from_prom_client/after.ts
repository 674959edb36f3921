/**
 * The metrics of `before.ts` with Hotpath, printed as Prometheus text.
 *
 * Run it with `deno run --allow-read=src examples/migrating_from_prom_client/after.ts`.
 *
 * @module
 */

import { createMetrics, exponentialBuckets } from "@hotpath/metrics";
import { REQUESTS } from "./requests.ts";

// Exposes what prom-client does: neither quantiles over windows nor Hotpath's own metrics.
await using metrics = createMetrics({ exposedWindows: [], selfMetrics: false });

const requests = metrics.counter("http_requests_total", { help: "Requests answered", labels: ["route", "status"] });
const duration = metrics.timer("http_request_duration", {
  help: "Request to response",
  labels: ["route"],
  buckets: [0.005, 0.01, 0.025, 0.05],
});
duration.with({ route: "/health" });
const size = metrics.histogram("http_response", {
  help: "Size of responses",
  unit: "bytes",
  buckets: exponentialBuckets(256, 4, 3),
});
const items = metrics.summary("order_items", { help: "Items of an order", window: "1m", quantiles: [0.5, 0.99] });
const active = metrics.gauge("http_requests_active", { help: "Requests being answered" });
metrics.gauge("stock_items", {
  help: "Items in stock",
  labels: ["shelf"],
  collect: (stock) => {
    for (const shelf of ["tea", "cups"]) stock.with({ shelf }).set(shelf.length);
  },
});

for (const { route, status, seconds, bytes } of REQUESTS) {
  active.inc();
  requests.with({ route, status }).inc();
  duration.with({ route }).observe(seconds);
  size.observe(bytes);
  items.observe(bytes / 100);
  active.dec();
}
active.inc(2);

console.log(await metrics.scrape());
