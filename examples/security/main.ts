/**
 * A server that requires a token, and does not start without one.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";

const [port = "9464"] = Deno.args;
const bearer = Deno.env.get("METRICS_AUTH_BEARER");
if (bearer === undefined) {
  console.error("Set METRICS_AUTH_BEARER to the token that scrapers send");
  Deno.exit(1);
}

await using metrics = createMetrics();
await using server = await serveMetrics(metrics, { port: Number(port), auth: { bearer } });
metrics.counter("logins", { help: "Successful logins" }).inc();

console.log(`${server.url}/metrics requires the token; stop with Ctrl-C`);
await new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => resolve());
});
