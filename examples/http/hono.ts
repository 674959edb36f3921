/**
 * The requests of a Hono app, and the calls that it makes itself: how long they take, how many fail, how large they are.
 *
 * Run it with
 * `deno run --unstable-no-legacy-abort --allow-read=. --allow-net=127.0.0.1 examples/http/hono.ts [PORT]`.
 * The first flag is for Deno 2, which otherwise warns once that it aborts the signals of answered requests too.
 *
 * @module
 */

import { Hono } from "hono";
import { streamText } from "hono/streaming";
import { createMetrics } from "@hotpath/metrics";
import { httpMetrics, instrumentFetch, metricsRoutes } from "@hotpath/metrics/hono";

await using metrics = createMetrics();
const measuredFetch = instrumentFetch(metrics, fetch);

const app = new Hono();
app.use(httpMetrics(metrics, { ignore: ["/internal/*"] })); // before everything else
app.route("/internal", metricsRoutes(metrics));

app.get("/quotes/:pair", (context) => context.json({ pair: context.req.param("pair"), price: 64_250.5 }));

// A stream is timed to its end.
app.get("/ticks", (context) =>
  streamText(context, async (stream) => {
    for (let tick = 1; tick <= 3; tick++) await stream.writeln(`tick ${tick}`);
  }));

// What is thrown counts in http_server_errors_total{class="RangeError"}.
app.post("/orders", () => {
  throw new RangeError("the market is closed");
});
app.onError((error, context) => context.json({ error: error.message }, 500));

app.get("/relay", async (context) => {
  const { origin } = new URL(context.req.url);
  return context.json(await (await measuredFetch(`${origin}/quotes/ETH-USD`)).json());
});

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.args[0] ?? 0),
  onListen: ({ hostname, port }) => console.log(`Listening on http://${hostname}:${port}/internal/metrics`),
}, app.fetch);

for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => void server.shutdown());
await server.finished;
