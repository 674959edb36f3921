/**
 * Two services, each with its own route: a shop that asks a warehouse. A request begins a trace, the call between them
 * continues it, and the program prints its stages as `GET /traces/:id` returns them. Pass the URL of an OTLP collector to
 * export the spans.
 *
 * @module
 */

import { Hono } from "hono";
import { createMetrics, readTraceHeaders } from "@hotpath/metrics";
import { httpMetrics, instrumentFetch } from "@hotpath/metrics/hono";

const [endpoint] = Deno.args;

await using metrics = createMetrics({ traces: endpoint === undefined ? true : { endpoint, serviceName: "shop" } });
const measuredFetch = instrumentFetch(metrics, fetch);
const query = metrics.timer("stock_query", { help: "Time to read the stock" });

const app = new Hono();
app.use(httpMetrics(metrics, { watchAborts: false })); // avoids a warning of Deno 2
app.get("/orders/:item", async (context) => {
  const url = `http://127.0.0.1:${server.addr.port}/stock/${context.req.param("item")}`;
  const { left } = await (await measuredFetch(url)).json();
  return left > 0 ? context.text("ordered") : context.text("sold out", 503);
});
app.get("/stock/:item", async (context) => {
  const left = await query.wrap(() => Promise.resolve(context.req.param("item") === "book" ? 3 : 0))();
  return context.json({ left });
});

await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);

for (const item of ["book", "lamp"]) {
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/orders/${item}`);
  console.log(`${item}: ${response.status} ${await response.text()}`);
  const trace = await metrics.findTrace(readTraceHeaders(response.headers)?.traceId ?? "");
  for (const { name, kind, isError } of trace?.stages ?? []) {
    console.log(`  ${kind} ${name}${isError ? ", failed" : ""}`);
  }
}
