import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { createMetrics } from "../../../mod.ts";
import { instrumentHandler } from "../../../src/instrumentation/http/instrument_handler.ts";
import { httpMetrics } from "../../../src/instrumentation/hono/http_metrics.ts";
import { metricsRoutes } from "../../../src/serve/routes.ts";

const OWN = ["/", "/metrics", "/metrics.json", "/health", "/health/ready", "/live/sse", "/traces", "/nowhere"];

/** Lines of an exposition about served requests, without their help. */
function measuredIn(text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith("http_server_") && /_count\{|_active_|_total\{/.test(line));
}

async function askAll(fetch: (path: string, init?: RequestInit) => Response | Promise<Response>): Promise<void> {
  for (const path of OWN) {
    const { body } = await fetch(`http://localhost/internal${path}`);
    await body?.cancel();
  }
  await (await fetch("http://localhost/internal/admin/settings", { method: "PATCH", body: "{}" })).body?.cancel();
}

Deno.test("httpMetrics does not measure what metricsRoutes serves, not even the scrape that shows it", async () => {
  await using metrics = createMetrics({ traces: true });
  const app = new Hono();
  app.use(httpMetrics(metrics));
  app.route("/internal", metricsRoutes(metrics));
  app.get("/orders", (context) => context.text("filled"));
  await askAll((path, init) => app.request(path, init));
  await app.request("/orders");
  const response = await app.request("/internal/metrics");
  assertEquals(response.headers.get("traceparent"), null);
  assertEquals(measuredIn(await response.text()), [
    'http_server_request_duration_seconds_count{method="GET",route="/orders",status="200"} 1',
    'http_server_active_requests{method="GET"} 0',
    'http_server_active_requests{method="PATCH"} 0',
    'http_server_response_body_size_bytes_count{method="GET",route="/orders"} 1',
  ]);
  assertEquals((await metrics.listTraces()).recent.length, 1);
});

Deno.test("instrumentHandler does not measure what metricsRoutes serves, within httpMetrics or alone", async () => {
  for (const measuresTwice of [false, true]) {
    await using metrics = createMetrics({ aggregation: "inline" });
    await using others = createMetrics({ aggregation: "inline" });
    const app = new Hono();
    if (measuresTwice) app.use(httpMetrics(others));
    app.route("/internal", metricsRoutes(metrics));
    const handler = instrumentHandler(metrics, (request) => app.fetch(request));
    await askAll((path, init) => handler(new Request(path, init)));
    for (const each of [metrics, others]) {
      assert(measuredIn(await each.scrape()).every((line) => /^http_server_active_requests\{.*\} 0$/.test(line)));
    }
  }
});

Deno.test("httpMetrics measures a refusal of the program's middleware before metricsRoutes", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const app = new Hono();
  app.use(httpMetrics(metrics));
  app.use("/internal/*", (context) => Promise.resolve(context.text("no", 401)));
  app.route("/internal", metricsRoutes(metrics));
  assertEquals((await app.request("/internal/metrics")).status, 401);
  assertStringIncludes(await metrics.scrape(), 'http_server_errors_total{class="client_error"} 1');
});
