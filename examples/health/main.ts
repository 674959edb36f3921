/**
 * A queue of orders and a health check on its length. As the queue grows and shrinks, prints each change of the health, and
 * the answers of the probes.
 *
 * @module
 */

import { createMetrics, type HealthChangeEvent } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";

const PROBES = ["/health/live", "/health/ready", "/health"];

await using metrics = createMetrics({ health: { recoverAfter: "200ms" } });
await using server = await serveMetrics(metrics, { port: Number(Deno.args[0] ?? 9464) });

let waiting = 0;
metrics.health.add("queue", () => {
  const reason = `${waiting} orders wait`;
  if (waiting > 1_000) return { status: "UNHEALTHY", reason };
  return waiting > 100 ? { status: "DEGRADED", reason } : true;
}, { interval: "50ms" });

for (const count of [500, 5_000, 0]) {
  const changed = new Promise<HealthChangeEvent>((resolve) =>
    metrics.addEventListener("healthchange", resolve, { once: true })
  );
  waiting = count;
  const { previous, status, reasons } = await changed;
  console.log([`${previous} → ${status}`, ...reasons].join(": "));
  for (const path of PROBES) {
    const response = await fetch(`${server.url}${path}`);
    console.log(`  ${path} ${response.status} ${await response.text()}`);
  }
}
