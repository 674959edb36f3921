/**
 * Scrapes are answered while the program is busy: the server runs on the aggregator's thread, so it answers although
 * this thread blocks its event loop for seconds.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";

const [port = "9464", busySeconds = "5"] = Deno.args;

await using metrics = createMetrics();
await using server = await serveMetrics(metrics, { port: Number(port) });

const rounds = metrics.counter("busy_rounds_total", { help: "Rounds of the busy loop" });
const round = metrics.timer("busy_round", { help: "One round of the busy loop" });

const interrupted = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => resolve());
});

console.log(`Busy for ${busySeconds} s; ${server.url}/metrics answers meanwhile`);
const busyUntilMs = performance.now() + 1_000 * Number(busySeconds);
while (performance.now() < busyUntilMs) {
  const start = round.start();
  for (let number = 0; number < 100_000; number++) Math.sqrt(number);
  round.end(start);
  rounds.inc();
}
console.log("Free again; stop with Ctrl-C");
await interrupted;
