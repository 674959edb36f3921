import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { Hono } from "hono";
import {
  createMetrics,
  type ExposeRequest,
  type Health,
  type HealthStatus,
  type InstrumentDiagnostics,
  type Kpi,
  type MetricsSource,
  noopMetrics,
} from "../../mod.ts";
import { metricsRoutes, type RoutesOptions } from "../../src/hono.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { assertProblem } from "../_support/serve/problems.ts";
import { sourceWith } from "../_support/serve/sources.ts";

const PATHS = [
  "/metrics",
  "/metrics.json",
  "/traces",
  "/health",
  "/health/live",
  "/health/ready",
  "/health/extended",
  "/diagnostics/metrics",
  "/diagnostics/performance",
];
const JSON_TYPE = /^application\/json/;
const OPTION_NAMES = "internalMetrics, auth, admin, scrapesMax, scrapeTimeout, responseBytesMax, requestBytesMax, " +
  "liveClientsMax, cors";

/** Results of the built-in checks for metrics without records. */
const CHECKS = [
  { name: "aggregator", status: "HEALTHY" },
  { name: "eventLoopLag", status: "NOT_MEASURED" },
  { name: "dropRatio", status: "HEALTHY", value: 0 },
  { name: "burnRate", status: "NOT_MEASURED" },
  { name: "heapGrowth", status: "NOT_MEASURED" },
  { name: "restarts", status: "HEALTHY", value: 0 },
  { name: "recordsLost", status: "HEALTHY", value: 0 },
  { name: "ringOccupancy", status: "HEALTHY", value: 0 },
  { name: "seriesUsage", status: "HEALTHY", value: 0 },
  { name: "clashes", status: "HEALTHY", value: 0 },
];

function mounted(source: MetricsSource, prefix: string = "/internal"): Hono {
  return new Hono().route(prefix, metricsRoutes(source));
}

function healthOf(status: HealthStatus, isReady: boolean = true): Partial<MetricsSource> {
  const health: Health = { status, reasons: [`it is ${status}`], checks: [], isReady, uptimeSeconds: 1 };
  return { health: () => Promise.resolve(health) };
}

Deno.test("metricsRoutes answers /metrics with the Prometheus text of this moment", async () => {
  await using test = inlineMetrics();
  const orders = test.metrics.counter("orders_total", { help: "Orders sent" });
  const app = mounted(test.metrics);
  for (const expected of [1, 2]) {
    orders.inc();
    const response = await app.request("/internal/metrics");
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assertEquals(response.headers.get("cache-control"), "no-store");
    const text = await response.text();
    assertStringIncludes(
      text,
      `# HELP orders_total Orders sent\n# TYPE orders_total counter\norders_total ${expected}\n`,
    );
    assertStringIncludes(text, "hotpath_records_dropped_total 0\n");
  }
});

Deno.test("metricsRoutes passes the Accept header and name[] to the source", async () => {
  const asked: ExposeRequest[] = [];
  const app = mounted(sourceWith({
    expose: (request) => {
      asked.push(request);
      return Promise.resolve({ body: new TextEncoder().encode("é 1\n"), contentType: "text/x-test" });
    },
  }));
  const plain = await app.request("/internal/metrics");
  assertEquals([await plain.text(), plain.headers.get("content-type")], ["é 1\n", "text/x-test"]);
  await (await app.request("/internal/metrics", { headers: { accept: "application/openmetrics-text" } })).text();
  await (await app.request("/internal/metrics?name[]=a_total&name%5B%5D=b")).text();
  assertEquals(asked, [
    { accept: undefined, names: undefined },
    { accept: "application/openmetrics-text", names: undefined },
    { accept: undefined, names: ["a_total", "b"] },
  ]);
});

Deno.test("metricsRoutes answers /metrics.json with the snapshot", async () => {
  await using test = inlineMetrics();
  test.metrics.gauge("queue_depth").set(12);
  const response = await mounted(test.metrics).request("/internal/metrics.json");
  assertEquals(response.status, 200);
  assertMatch(response.headers.get("content-type") ?? "", JSON_TYPE);
  const { metrics, meta } = await response.json();
  assertEquals(metrics, [
    { name: "queue_depth", type: "gauge", unit: "", help: "", series: [{ labels: {}, value: 12 }] },
  ]);
  assertEquals(meta, { recorded: 0, dropped: 0, sampledOut: 0, series: 1, overflowed: 0 });
});

Deno.test("metricsRoutes answers the health routes of healthy metrics", async () => {
  await using test = inlineMetrics();
  const app = mounted(test.metrics);
  const bodies: Record<string, unknown> = {
    "/health": { status: "HEALTHY" },
    "/health/live": { status: "HEALTHY" },
    "/health/ready": { ready: true },
    "/health/extended": { status: "HEALTHY", reasons: [], checks: CHECKS, isReady: true, uptimeSeconds: 3 },
  };
  test.clock.advance(3_000);
  for (const [path, body] of Object.entries(bodies)) {
    const response = await app.request(`/internal${path}`);
    assertEquals([path, response.status, await response.json()], [path, 200, body]);
    assertEquals(response.headers.get("cache-control"), "no-store");
  }
});

Deno.test("metricsRoutes is DEGRADED with 200 for a minute after a drop, with the reason", async () => {
  await using test = inlineMetrics({ ringCapacity: 64 });
  const histogram = test.metrics.histogram("message_bytes", { unit: "bytes" });
  const app = mounted(test.metrics);
  for (let i = 0; i < 65; i++) histogram.observe(i);
  await test.metrics.flush();
  const health = await app.request("/internal/health");
  assertEquals([health.status, await health.json()], [200, { status: "DEGRADED" }]);
  const extended = await app.request("/internal/health/extended");
  assertEquals(extended.status, 200);
  assertEquals((await extended.json()).reasons, ["12.3 % of records were dropped in the last minute"]);
  test.clock.advance(59_999);
  assertEquals((await (await app.request("/internal/health")).json()).status, "DEGRADED");
  test.clock.advance(1);
  assertEquals((await (await app.request("/internal/health")).json()).status, "HEALTHY");
});

Deno.test("metricsRoutes answers 200 for HEALTHY and DEGRADED, 503 for UNHEALTHY and CRITICAL", async () => {
  const expected: [HealthStatus, number][] = [["HEALTHY", 200], ["DEGRADED", 200], ["UNHEALTHY", 503], [
    "CRITICAL",
    503,
  ]];
  for (const [status, code] of expected) {
    const app = mounted(sourceWith(healthOf(status)));
    const health = await app.request("/internal/health");
    assertEquals([health.status, await health.json()], [code, { status }]);
    const extended = await app.request("/internal/health/extended");
    assertEquals([extended.status, (await extended.json()).reasons], [code, [`it is ${status}`]]);
    const live = await app.request("/internal/health/live");
    assertEquals([live.status, await live.json()], [200, { status: "HEALTHY" }]);
  }
});

Deno.test("metricsRoutes answers /health/ready with 503 while no program is connected", async () => {
  const response = await mounted(sourceWith(healthOf("HEALTHY", false))).request("/internal/health/ready");
  assertEquals([response.status, await response.json()], [503, { ready: false }]);
});

Deno.test("metricsRoutes is CRITICAL with 503 when the aggregator cannot be reached", async () => {
  const metrics = createMetrics();
  const app = mounted(metrics);
  metrics.counter("orders_total").inc(3);
  await metrics.close();
  const health = await app.request("/internal/health");
  assertEquals([health.status, await health.json()], [503, { status: "CRITICAL" }]);
  const extended = await app.request("/internal/health/extended");
  assertEquals(extended.status, 503);
  assertEquals((await extended.json()).reasons, ["Cannot reach the aggregator: it is closed"]);
  const ready = await app.request("/internal/health/ready");
  assertEquals([ready.status, await ready.json()], [503, { ready: false }]);
  await assertProblem(await app.request("/internal/diagnostics/performance"), 503, "Cannot reach the aggregator");
  const scrape = await app.request("/internal/metrics");
  assertEquals(scrape.status, 200);
  assertStringIncludes(await scrape.text(), "orders_total 3\n");
});

Deno.test("metricsRoutes answers a source that throws with a 503 problem, and continues", async () => {
  let isBroken = true;
  const app = mounted(sourceWith({
    expose: (request) => isBroken ? Promise.reject(new Error("it broke")) : noopMetrics.expose(request),
  }));
  await assertProblem(await app.request("/internal/metrics"), 503, "it broke");
  isBroken = false;
  const response = await app.request("/internal/metrics");
  assertEquals([response.status, await response.text()], [200, ""]);
});

Deno.test("metricsRoutes lists instruments, their names and how many series each has", async () => {
  await using test = inlineMetrics();
  const orders = test.metrics.counter("orders", { labels: ["side"] });
  orders.with({ side: "buy" }).inc();
  orders.with({ side: "sell" });
  test.metrics.timer("order_execution");
  const response = await mounted(test.metrics).request("/internal/diagnostics/metrics");
  assertEquals(response.status, 200);
  const { instruments } = await response.json();
  assertEquals(
    instruments.map(({ name, exposedName, type, labelNames, series }: InstrumentDiagnostics) => ({
      ...{ name, exposedName, type, labelNames, series },
    })),
    [
      { name: "orders", exposedName: "orders_total", type: "counter", labelNames: ["side"], series: 2 },
      {
        name: "order_execution",
        exposedName: "order_execution_seconds",
        type: "timer",
        labelNames: [],
        series: 1,
      },
    ],
  );
});

Deno.test("metricsRoutes lists all definitions of the program", async () => {
  await using test = inlineMetrics({
    windows: ["1s", "1m"],
    health: { eventLoopLag: false, dropRatio: { degraded: 0.5 } },
  });
  const slo = { threshold: "5ms", target: 0.999 } as const;
  test.metrics.timer("order_execution", { help: "Signal to submission", slo, buckets: [0.005, 1] });
  const backlog: Kpi = {
    ...{ name: "backlog", metric: "queue_backlog", statistic: "value", direction: "below" },
    ...{ target: 1_000, critical: undefined },
  };
  test.metrics.declareKpis([backlog]);
  const response = await mounted(test.metrics).request("/internal/diagnostics/metrics");
  const { instruments: [execution], kpis, windows, health, hasSelfMetrics } = await response.json();
  const { series, ...definition } = execution;
  const definitions = await test.metrics.definitions();
  assertEquals(series, 1);
  assertEquals([definition], JSON.parse(JSON.stringify(definitions.instruments)));
  assertEquals(
    [definition.windowName, definition.sloName, definition.unit, definition.help, definition.slo, definition.buckets],
    [
      ...["order_execution_window_seconds", "order_execution_slo", "seconds", "Signal to submission"],
      ...[{ thresholdSeconds: 0.005, target: 0.999 }, [0.005, 1]],
    ],
  );
  assertEquals(definitions.kpis, [backlog]);
  assertEquals([kpis, windows, hasSelfMetrics], [JSON.parse(JSON.stringify([backlog])), ["1s", "1m"], true]);
  assertEquals([health.eventLoopLag, health.dropRatio], [undefined, { degraded: 0.5 }]);
  assertEquals(health.burnRate, { degraded: 1, windowMs: 300_000 });
});

Deno.test("metricsRoutes lists missing instruments apart, with what they need", async () => {
  const there = { name: "orders", exposedName: "orders_total", type: "counter", labelNames: [], series: 1 } as const;
  const missing = { ...there, name: "process_open_fds", exposedName: "process_open_fds", needs: "--allow-all" };
  const app = mounted(sourceWith({ instruments: () => Promise.resolve([{ ...there, needs: undefined }, missing]) }));
  const { instruments, missing: lacking } = await (await app.request("/internal/diagnostics/metrics")).json();
  assertEquals(instruments, [there]);
  assertEquals(lacking, [{ metric: "process_open_fds", needs: "--allow-all" }]);
});

Deno.test("metricsRoutes reports the data path: ring, drains, losses, refusals", async () => {
  await using test = inlineMetrics({ overflow: "drop-newest", ringCapacity: 64, drainIntervalMs: 250 });
  const histogram = test.metrics.histogram("message_bytes", { unit: "bytes" });
  for (let i = 0; i < 70; i++) histogram.observe(i);
  histogram.observe(NaN);
  await test.metrics.flush();
  const response = await mounted(test.metrics).request("/internal/diagnostics/performance");
  assertEquals(response.status, 200);
  const { drainDurationSeconds, scrapeDurationSeconds, ...facts } = await response.json();
  assertEquals(facts, {
    aggregation: "inline",
    clock: "injected",
    ringCapacity: 64,
    ringOccupancyRatio: 0,
    drainIntervalMs: 250,
    drains: 1,
    meta: { recorded: 64, dropped: 6, sampledOut: 0, series: 1, overflowed: 0 },
    rejected: {
      nan: 1,
      infinite: 0,
      negative_duration: 0,
      counter_decrement: 0,
      collect_failed: 0,
      outside_trace: 0,
      listener_failed: 0,
      removed: 0,
    },
    aggregatorRestarts: 0,
    histogramRecordsLost: 0,
  });
  assert(drainDurationSeconds["0.5"] > 0);
  assertEquals(scrapeDurationSeconds["0.5"], null);
});

Deno.test("metricsRoutes answers HEAD like GET without a body", async () => {
  await using test = inlineMetrics();
  const app = mounted(test.metrics);
  for (const path of ["", ...PATHS]) {
    const got = await app.request(`/internal${path}`);
    const head = await app.request(`/internal${path}`, { method: "HEAD" });
    assertEquals([path, head.status, await head.text()], [path, 200, ""]);
    assertEquals(head.headers.get("content-type"), got.headers.get("content-type"));
    assert((await got.text()).length > 0);
  }
});

Deno.test("metricsRoutes refuses every other method with 405, Allow and a problem", async () => {
  await using test = inlineMetrics();
  const app = mounted(test.metrics);
  for (const path of ["", ...PATHS]) {
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
      const response = await app.request(`/internal${path}`, { method });
      assertEquals(response.headers.get("allow"), "GET, HEAD, OPTIONS");
      await assertProblem(response, 405, `/internal${path} supports GET and HEAD, not ${method}`);
    }
  }
});

Deno.test("metricsRoutes answers an unknown route with a 404 problem, whatever the method", async () => {
  await using test = inlineMetrics();
  const app = mounted(test.metrics);
  const unknown = ["/nothing", "/metrics/more", "/metrics.xml", "/health/", "/%00", "/..%2fmetrics", "/métriques"];
  for (const path of unknown) {
    for (const method of ["GET", "POST"]) {
      await assertProblem(await app.request(`/internal${path}`, { method }), 404, "there is no route at /internal");
    }
  }
});

Deno.test("metricsRoutes does not answer paths beside its prefix", async () => {
  await using test = inlineMetrics();
  const app = mounted(test.metrics).get("/orders", (context) => context.text("orders"));
  assertEquals(await (await app.request("/orders")).text(), "orders");
  const beside = await app.request("/metrics");
  assertEquals(beside.status, 404);
  assertEquals(await beside.text(), "404 Not Found");
});

Deno.test("metricsRoutes has its page at the mount point with and without a slash", async () => {
  await using test = inlineMetrics();
  for (const prefix of ["/internal", "/", "/a/b"]) {
    const app = mounted(test.metrics, prefix);
    for (const path of prefix === "/" ? ["/"] : [prefix, `${prefix}/`]) {
      const response = await app.request(path);
      assertEquals(response.status, 200, path);
      const [, link] = /href="([^"]*\/metrics)"/.exec(await response.text()) ?? [];
      assertEquals(new URL(link, `http://proxy/hp${path}`).pathname, `/hp${prefix === "/" ? "" : prefix}/metrics`);
    }
  }
});

Deno.test("metricsRoutes answers /internal/metrics like /metrics if asked to, else with a 404 problem", async () => {
  await using test = inlineMetrics();
  test.metrics.counter("orders_total").inc(7);
  const without = metricsRoutes(test.metrics);
  await assertProblem(await without.request("/internal/metrics"), 404, "there is no route at /internal/metrics");
  const app = metricsRoutes(test.metrics, { internalMetrics: true });
  for (const path of ["/metrics", "/internal/metrics"]) {
    const response = await app.request(path);
    assertEquals([path, response.status], [path, 200]);
    assertEquals(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    assertStringIncludes(await response.text(), "orders_total 7\n");
    assertEquals((await app.request(path, { method: "HEAD" })).status, 200);
    const refused = await app.request(path, { method: "POST" });
    await assertProblem(refused, 405, `${path} supports GET and HEAD, not POST`);
  }
});

Deno.test("metricsRoutes refuses unknown options", () => {
  const refusals: [unknown, string][] = [
    [{ internalMetrics: "yes" }, 'internalMetrics must be true or false, got "yes"'],
    [{ port: 1 }, `options must be among ${OPTION_NAMES}, got "port"`],
  ];
  for (const [options, says] of refusals) {
    const { message } = assertThrows(() => metricsRoutes(noopMetrics, options as RoutesOptions), TypeError);
    assertEquals(message, `Cannot serve metrics: ${says}`);
  }
});
