/**
 * A program whose metrics are served, to be attacked: prints its port, serves until its input ends.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";
import { TLS } from "./attack_kinds.ts";

const [bearer, scheme] = Deno.args;
const SERIES = 500;

const metrics = createMetrics();
const orders = metrics.counter("orders_total", { labels: ["venue"] });
for (let i = 0; i < SERIES; i++) orders.with({ venue: `venue ${i}` }).inc();
await using server = await serveMetrics(metrics, {
  port: 0,
  ...(bearer !== "" && { auth: { bearer } }),
  ...(scheme === "https" && { tls: { certFile: TLS.certFile, keyFile: TLS.keyFile } }),
});
console.log(server.port);
await Deno.stdin.readable.pipeTo(new WritableStream());
await metrics.close();
