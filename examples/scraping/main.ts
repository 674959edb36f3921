/**
 * Serves one instrument of each kind, one of them with a UTF-8 name and one with exemplars, to compare the formats of a
 * scrape.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";

const [port = "9464"] = Deno.args;

await using metrics = createMetrics();
await using server = await serveMetrics(metrics, { port: Number(port) });

const requests = metrics.counter("http.requests", { help: "Requests answered", labels: ["http.route"] });
const queue = metrics.gauge("queue_length", { help: "Requests that wait" });
const checkout = metrics.timer("checkout", { help: "Time to check out", buckets: [0.1, 1] });

for (const [index, seconds] of [0.4, 0.08, 0.05].entries()) {
  requests.with({ "http.route": "/checkout" }).inc();
  checkout.observeWithExemplar(seconds, { trace_id: `order-${index + 1}` });
}
queue.set(2);

console.log(`Scrape ${server.url}/metrics; stop with Ctrl-C`);
await new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => resolve());
});
