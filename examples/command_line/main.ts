/**
 * A service that always has something to report: it answers a request of its own every 10 ms.
 *
 * Run it with `deno run --allow-read=. --allow-net=127.0.0.1 examples/command_line/main.ts [PORT]`, and stop it with
 * Ctrl-C.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";

await using metrics = createMetrics();
const checkouts = metrics.counter("checkouts_total", { help: "Orders checked out", labels: ["payment"] });
const checkout = metrics.timer("checkout", { help: "Time to check out", slo: { threshold: "5ms", target: 0.99 } });
const byCard = checkouts.with({ payment: "card" });

await using server = await serveMetrics(metrics, { port: Number(Deno.args[0] ?? 9464) });
console.log(`Metrics at ${server.url}/metrics`);

const timer = setInterval(() => {
  const start = checkout.start();
  byCard.inc();
  checkout.end(start);
}, 10);

await new Promise<void>((resolve) => Deno.addSignalListener("SIGINT", resolve));
clearInterval(timer);
