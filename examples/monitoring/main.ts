/**
 * A shop with an objective and a KPI, from which its Prometheus rules and its dashboard are generated.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";

const [port = "9464"] = Deno.args;

await using metrics = createMetrics({ runtime: true });
await using server = await serveMetrics(metrics, { port: Number(port) });

const checkout = metrics.timer("checkout", {
  help: "Time to check out",
  buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1],
  slo: { threshold: "250ms", target: 0.999 },
});
const backlog = metrics.gauge("orders_waiting", { help: "Paid orders that are not packed yet" });
metrics.declareKpis([
  {
    name: "backlog",
    metric: "orders_waiting",
    statistic: "value",
    direction: "below",
    target: 100,
    critical: 1_000,
  },
]);
metrics.addEventListener("healthchange", ({ reasons }) => {
  for (const reason of reasons) console.error(reason);
});

const sales = setInterval(() => {
  checkout.observe(0.02 + 0.06 * Math.random());
  backlog.set(Math.floor(20 * Math.random()));
}, 50);

console.log(`Shop at ${server.url}/metrics; stop with Ctrl-C`);
await new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => resolve());
});
clearInterval(sales);
