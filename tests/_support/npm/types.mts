// Checked by TypeScript, never run: all entry points have types, and wrong labels are errors.
import { attachMetrics, type Counter, createMetrics, type Metrics, noopMetrics } from "@hotpath/metrics";
import { readConfig } from "@hotpath/metrics/config";
import { writeSnapshots } from "@hotpath/metrics/export";
import { httpMetrics, metricsRoutes } from "@hotpath/metrics/hono";
import { type MetricsServer, serveMetrics } from "@hotpath/metrics/server";
import { FakeClock, inlineMetrics } from "@hotpath/metrics/testing";
import { Hono } from "hono";

const metrics: Metrics = createMetrics({ config: await readConfig("metrics.yml"), clock: new FakeClock() });
const orders = metrics.counter("orders_total", { labels: ["side"] });
const buys: Counter = orders.with({ side: "buy" });
buys.inc();
// @ts-expect-error the family has no label `size`
orders.with({ size: "1" });
// @ts-expect-error text is no amount
buys.inc("1");
// @ts-expect-error there is no such option
createMetrics({ aggregations: "inline" });
const server: MetricsServer = await serveMetrics(metrics, { port: 0 });
const port: number = server.port;
const app = new Hono().use(httpMetrics(metrics)).route("/internal", metricsRoutes(metrics));
const attached = await attachMetrics(metrics.connect(), { name: "parser" });
attached.timer("order").wrap(() => port);
await writeSnapshots(metrics, { directory: "snapshots" }).write();
export { app, inlineMetrics, noopMetrics };
