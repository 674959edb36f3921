/**
 * A service with a fault: `deno run faulty_service.ts PORT FAULT`.
 *
 * @module
 */

import { createMetrics } from "../../../mod.ts";
import { serveMetrics } from "../../../src/server.ts";

const [port, fault] = Deno.args;

if (fault === "does not start") Deno.exit(1);
const metrics = createMetrics({ ringCapacity: 64 });
const sizes = metrics.histogram("sizes");
switch (fault) {
  case "rejects":
    sizes.observe(NaN);
    break;
  case "drops":
    for (let size = 0; size < 10_000; size++) sizes.observe(size);
    break;
  case "is unwell":
    metrics.health.add("database", () => ({ status: "UNHEALTHY", reason: "there is no connection" }));
}
if (fault !== "ignores SIGTERM") Deno.addSignalListener("SIGTERM", () => Deno.exit(fault === "fails to stop" ? 3 : 0));
await metrics.flush();
await serveMetrics(metrics, { port: Number(port) });
