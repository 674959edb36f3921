/**
 * A quote service on Hono. Middleware measures its requests, `instrumentFetch` its own calls, a counter and a timer what
 * happens inside; the metrics are mounted below `/internal`.
 *
 * @module
 */

import { Hono } from "hono";
import { streamText } from "hono/streaming";
import { createMetrics } from "@hotpath/metrics";
import { httpMetrics, instrumentFetch, metricsRoutes } from "@hotpath/metrics/hono";

const PRICES: ReadonlyMap<string, number> = new Map([["BTC-USD", 64_250.5], ["ETH-USD", 3_120.25]]);

await using metrics = createMetrics();
const measuredFetch = instrumentFetch(metrics, fetch);
const quotes = metrics.counter("quotes_total", { help: "Quotes sent", labels: ["pair"] });
const lookup = metrics.timer("quote_lookup", { help: "Time to look up a price" });

const app = new Hono();
app.use(httpMetrics(metrics)); // before all other middleware
app.route("/internal", metricsRoutes(metrics));

app.get("/quotes/:pair", async (context) => {
  const pair = context.req.param("pair").toUpperCase();
  const price = await lookup.wrap(lookUpPrice)(pair);
  // The label only gets known pairs: each value that clients invent would be another series.
  if (price === undefined) return context.json({ error: `no price for ${pair}` }, 404);
  quotes.with({ pair }).inc();
  return context.json({ pair, price });
});

// A stream is timed to its end.
app.get("/ticks", (context) =>
  streamText(context, async (stream) => {
    for (let tick = 1; tick <= 3; tick++) await stream.writeln(`tick ${tick}`);
  }));

// A thrown error counts as http_server_errors_total{class="RangeError"}.
app.post("/orders", () => {
  throw new RangeError("the market is closed");
});
app.onError((error, context) => context.json({ error: error.message }, 500));

app.get("/relay", async (context) => {
  const response = await measuredFetch(`http://127.0.0.1:${server.addr.port}/quotes/ETH-USD`);
  return context.json(await response.json());
});

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.args[0] ?? 8000),
  onListen: ({ hostname, port }) => console.log(`Listening on http://${hostname}:${port}/internal/metrics`),
}, app.fetch);

for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => void server.shutdown());
await server.finished;

/** Simulates a database or an exchange. */
async function lookUpPrice(pair: string): Promise<number | undefined> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return PRICES.get(pair);
}
