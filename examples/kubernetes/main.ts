/**
 * An HTTP service as it runs in a pod: requests on one port, metrics and probes on another, settings from a file, and a
 * bounded shutdown.
 *
 * Run it with `deno run --allow-net=0.0.0.0 --allow-read=. examples/kubernetes/main.ts [PORT] [SETTINGS]`.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { readConfig } from "@hotpath/metrics/config";
import { instrumentHandler, serveMetrics } from "@hotpath/metrics/server";

/** Time for requests in flight. The pod's grace period must be longer, by the time of its `preStop` hook. */
const DRAIN_MS = 15_000;
const PREPARATION_MS = 500;

const [port = "8000", settings] = Deno.args;

const metrics = createMetrics({
  config: settings === undefined ? undefined : await readConfig(settings),
  runtime: true,
});
const scrapes = await serveMetrics(metrics); // address, port and credentials come from the settings

const orders = metrics.counter("orders_total", { help: "Prepared orders" });

async function* prepare(): AsyncGenerator<string> {
  yield "accepted\n";
  await new Promise((resolve) => setTimeout(resolve, PREPARATION_MS));
  orders.inc();
  yield "ready\n";
}

function answer({ method }: Request): Response {
  if (method !== "POST") return new Response("send a POST request\n", { status: 405 });
  return new Response(ReadableStream.from(prepare()).pipeThrough(new TextEncoderStream()), { status: 202 });
}

const server = Deno.serve({
  hostname: "0.0.0.0",
  port: Number(port),
  onListen: ({ port }) => console.log(`Serving orders on port ${port}, metrics on port ${scrapes.port}`),
}, instrumentHandler(metrics, answer, { route: ["/orders"], watchAborts: false }));

const { promise: signalled, resolve } = Promise.withResolvers<Deno.Signal>();
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => resolve(signal));

console.log(`${await signalled}: accepting no more requests`);
await Promise.race([server.shutdown(), new Promise((resolve) => setTimeout(resolve, DRAIN_MS))]);
await scrapes.close();
await metrics.close();
console.log("Stopped");
Deno.exit(); // even if a request has not ended
