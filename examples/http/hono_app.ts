/**
 * Metrics on a Hono app of your own, mounted below `/internal`.
 *
 * Run it with `deno run --allow-read=. --allow-net=127.0.0.1 examples/http/hono_app.ts [PORT]`.
 *
 * @module
 */

import { Hono } from "hono";
import { createMetrics } from "@hotpath/metrics";
import { metricsRoutes } from "@hotpath/metrics/hono";

await using metrics = createMetrics();

const quotes = metrics.counter("quotes_total", { help: "Quotes given", labels: ["pair"] });
const lookup = metrics.timer("quote_lookup", { help: "Asking the price source" });

const app = new Hono();
app.route("/internal", metricsRoutes(metrics));

app.get("/quotes/:pair", async (context) => {
  const pair = context.req.param("pair").toUpperCase();
  const start = lookup.start(); // a number, so it may live across the await
  const price = await lookUpPrice(pair);
  lookup.end(start);
  // Labels only from values that are known: whatever else callers send would make a series each.
  if (price === undefined) return context.json({ error: `no price for ${pair}` }, 404);
  quotes.with({ pair }).inc();
  return context.json({ pair, price });
});

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.args[0] ?? 0),
  onListen: ({ hostname, port }) => console.log(`Listening on http://${hostname}:${port}/internal/metrics`),
}, app.fetch);

for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => void server.shutdown());
await server.finished;

/** Simulates a database or an exchange. */
async function lookUpPrice(pair: string): Promise<number | undefined> {
  await new Promise((resolve) => setTimeout(resolve, 1));
  return new Map([["BTC-USD", 64_250.5], ["ETH-USD", 3_120.25]]).get(pair);
}
