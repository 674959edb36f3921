/**
 * Metrics of a shop with `prom-client`, printed as Prometheus text.
 *
 * Run it with `deno run examples/migrating_from_prom_client/before.ts`.
 *
 * @module
 */

import { Counter, exponentialBuckets, Gauge, Histogram, Registry, Summary } from "prom-client";
import { REQUESTS } from "./requests.ts";

const register = new Registry();
const registers = [register];

const requests = new Counter({
  name: "http_requests_total",
  help: "Requests answered",
  labelNames: ["route", "status"],
  registers,
});
const duration = new Histogram({
  name: "http_request_duration_seconds",
  help: "Request to response",
  labelNames: ["route"],
  buckets: [0.005, 0.01, 0.025, 0.05],
  registers,
});
duration.zero({ route: "/health" });
const size = new Histogram({
  name: "http_response_bytes",
  help: "Size of responses",
  buckets: exponentialBuckets(256, 4, 3),
  registers,
});
const items = new Summary({
  name: "order_items",
  help: "Items of an order",
  percentiles: [0.5, 0.99],
  maxAgeSeconds: 60,
  ageBuckets: 10,
  registers,
});
const active = new Gauge({ name: "http_requests_active", help: "Requests being answered", registers });
new Gauge({
  name: "stock_items",
  help: "Items in stock",
  labelNames: ["shelf"],
  registers,
  collect() {
    for (const shelf of ["tea", "cups"]) this.set({ shelf }, shelf.length);
  },
});

for (const { route, status, seconds, bytes } of REQUESTS) {
  active.inc();
  requests.inc({ route, status });
  duration.labels({ route }).observe(seconds);
  size.observe(bytes);
  items.observe(bytes / 100);
  active.dec();
}
active.inc(2);

console.log(await register.metrics());
