import { assertRejects } from "@std/assert";
import { MetricsSink } from "./metrics_sink.ts";

const LONG_MS = 30_000;

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function send(port: number, metrics: unknown): Promise<void> {
  const body = JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics }] }] });
  const response = await fetch(`http://127.0.0.1:${port}/v1/metrics`, { method: "POST", body });
  await response.body?.cancel();
}

Deno.test("MetricsSink waits until a counter and a histogram have their totals", async () => {
  const port = freePort();
  await using sink = new MetricsSink("127.0.0.1", port);
  const counter = sink.waitFor("orders_total", 5, LONG_MS);
  const histogram = sink.waitFor("sizes", 3, LONG_MS);
  await send(port, [{ name: "orders_total", sum: { dataPoints: [{ asInt: "1" }] } }]);
  await send(port, [
    { name: "orders_total", sum: { dataPoints: [{ asInt: "2" }, { asDouble: 3 }] } },
    { name: "sizes", histogram: { dataPoints: [{ count: "1" }, { count: 2 }] } },
  ]);
  await Promise.all([counter, histogram]);
});

Deno.test("MetricsSink reports the total of a metric that does not reach its own", async () => {
  const port = freePort();
  await using sink = new MetricsSink("127.0.0.1", port);
  await send(port, [{ name: "orders_total", sum: { dataPoints: [{ asInt: "4" }] } }]);
  await assertRejects(() => sink.waitFor("orders_total", 5, 1), Error, "orders_total is 4, not 5");
});
