import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { Metrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { metricOf } from "../_support/snapshots.ts";

Deno.test("Registry returns the same instrument when it is created twice", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const collect = () => 1;
  assertStrictEquals(metrics.counter("a", { help: "A" }), metrics.counter("a", { help: "A" }));
  assertStrictEquals(metrics.counter("b", { labels: ["x", "y"] }), metrics.counter("b", { labels: ["x", "y"] }));
  assertStrictEquals(metrics.counter("b", { labels: ["y", "x"] }) as unknown, metrics.find("b"));
  assertStrictEquals(metrics.gauge("c", { collect }), metrics.gauge("c", { collect }));
  assertStrictEquals(metrics.histogram("d", { buckets: [1, 2] }), metrics.histogram("d", { buckets: [1, 2] }));
  assertStrictEquals(metrics.histogram("e"), metrics.histogram("e", { schema: 6, unit: "", help: "" }));
  assertStrictEquals(metrics.timer("f"), metrics.timer("f", {}));
  assertEquals((await metrics.instruments()).map(({ name }) => name), ["a", "b", "c", "d", "e", "f"]);
});

Deno.test("definitions that differ clash with an error that names the instrument there is", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  metrics.counter("plain");
  metrics.counter("labelled", { labels: ["pair", "side"], unit: "bytes", help: "Sent" });
  metrics.histogram("size", { buckets: [1, 2], schema: 5 });
  metrics.gauge("depth", { collect: () => 1 });
  const clashes: [create: () => unknown, says: string][] = [
    [
      () => metrics.gauge("plain"),
      "Cannot create gauge plain: its definition must equal that of the counter of that name, but differs in type, got {}",
    ],
    [
      () => metrics.counter("plain", { labels: [] }),
      'Cannot create counter plain: its definition must equal that of the counter of that name, but differs in labels, got {"labels":[]}',
    ],
    [
      () => metrics.counter("labelled", { labels: ["side", "venue"], unit: "bytes", help: "Sent" }),
      "Cannot create counter labelled: its definition must equal that of the counter with labels pair, side in bytes of that name",
    ],
    [() => metrics.counter("labelled", { labels: ["pair", "side"], help: "Sent" }), "Cannot create counter labelled"],
    [() => metrics.counter("labelled", { labels: ["pair", "side"], unit: "bytes" }), "Cannot create counter labelled"],
    [
      () => metrics.histogram("size", { buckets: [1, 3], schema: 4 }),
      "of that name, but differs in buckets, schema, got {",
    ],
    [
      () => metrics.histogram("size", { buckets: [1, 2], schema: 5, sketch: "tdigest" }),
      "Cannot create histogram size",
    ],
    [() => metrics.histogram("size", { buckets: [1, 2] }), "Cannot create histogram size"],
    [() => metrics.gauge("depth", { collect: () => 1, help: "Depth" }), "Cannot create gauge depth"],
  ];
  for (const [create, says] of clashes) assertThrows(create, TypeError, says);
  assertEquals((await metrics.instruments()).length, 4);
});

Deno.test("Registry refuses instruments whose samples would have the same name", async () => {
  const clashes: [first: (metrics: Metrics) => unknown, second: (metrics: Metrics) => unknown, says: string][] = [
    [
      (metrics) => metrics.counter("orders"),
      (metrics) => metrics.counter("orders_total"),
      'Cannot create counter orders_total: its exposed names must differ from those of orders, got "orders"',
    ],
    [
      (metrics) => metrics.timer("x"),
      (metrics) => metrics.histogram("x_seconds"),
      'Cannot create histogram x_seconds: its exposed names must differ from those of x, got "x_seconds"',
    ],
    [
      (metrics) => metrics.histogram("x"),
      (metrics) => metrics.gauge("x_count"),
      'Cannot create gauge x_count: its exposed names must differ from those of x, got "x_count"',
    ],
    [
      (metrics) => metrics.gauge("x_window_seconds"),
      (metrics) => metrics.timer("x"),
      'Cannot create timer x: its exposed names must differ from those of x_window_seconds, got "x_window_seconds"',
    ],
    [
      (metrics) => metrics.counter("http.requests"),
      (metrics) => metrics.counter("http_requests"),
      'Cannot create counter http_requests: its exposed names in underscores must differ from those of http.requests, got "http_requests"',
    ],
    [
      (metrics) => metrics.gauge("größe"),
      (metrics) => metrics.gauge("gr.ße"),
      'Cannot create gauge gr.ße: its exposed names in underscores must differ from those of größe, got "gr__e"',
    ],
    [
      (metrics) => metrics.gauge("a.b"),
      (metrics) => metrics.gauge("a_dot_b"),
      'Cannot create gauge a_dot_b: its exposed names in dots must differ from those of a.b, got "a_dot_b"',
    ],
    [
      (metrics) => metrics.gauge("U__a_2e_b"),
      (metrics) => metrics.gauge("a.b"),
      'Cannot create gauge a.b: its exposed names in values must differ from those of U__a_2e_b, got "U__a_2e_b"',
    ],
    [
      (metrics) => metrics.histogram("x.y"),
      (metrics) => metrics.gauge("x_dot_y_bucket"),
      'Cannot create gauge x_dot_y_bucket: its exposed names in dots must differ from those of x.y, got "x_dot_y_bucket"',
    ],
    [
      (metrics) => metrics.counter("orders"),
      (metrics) => metrics.gauge("orders_created"),
      'Cannot create gauge orders_created: its exposed names must differ from those of orders, got "orders_created"',
    ],
    [
      (metrics) => metrics.gauge("orders"),
      (metrics) => metrics.counter("orders_total"),
      'Cannot create counter orders_total: its exposed names must differ from those of orders, got "orders"',
    ],
    [
      (metrics) => metrics.timer("x", { slo: { threshold: "5ms", target: 0.9 } }),
      (metrics) => metrics.gauge("x_slo_violations"),
      'Cannot create gauge x_slo_violations: its exposed names must differ from those of x, got "x_slo_violations"',
    ],
    [
      (metrics) => metrics.gauge("x_seconds_created"),
      (metrics) => metrics.timer("x"),
      'Cannot create timer x: its exposed names must differ from those of x_seconds_created, got "x_seconds_created"',
    ],
    [
      (metrics) => metrics.histogram("x"),
      (metrics) => metrics.gauge("x_window_sum"),
      'Cannot create gauge x_window_sum: its exposed names must differ from those of x, got "x_window_sum"',
    ],
    [
      (metrics) => metrics.counter("orders_total"),
      (metrics) => metrics.gauge("orders_total"),
      "Cannot create gauge orders_total: its definition must equal that of the counter of that name",
    ],
  ];
  for (const [first, second, says] of clashes) {
    await using test = inlineMetrics();
    first(test.metrics);
    assertThrows(() => second(test.metrics), TypeError, says);
    assertEquals((await test.metrics.instruments()).length, 1);
  }
});

Deno.test("Registry: instruments describe themselves", async () => {
  await using test = inlineMetrics();
  const orders = test.metrics.counter("orders", { labels: ["side"] });
  orders.with({ side: "buy" });
  orders.with({ side: "sell" });
  test.metrics.timer("job");
  assertEquals(await test.metrics.instruments(), [
    { name: "orders", exposedName: "orders_total", type: "counter", labelNames: ["side"], series: 2 },
    { name: "job", exposedName: "job_seconds", type: "timer", labelNames: [], series: 1 },
  ]);
});

Deno.test("Registry gives only timers without buckets those of the configuration", async () => {
  await using test = inlineMetrics({ histogramBuckets: ["5ms", 0.01] });
  test.metrics.timer("a").observe(0.005);
  test.metrics.timer("b", { buckets: [1, 2] }).observe(1);
  test.metrics.histogram("c", { unit: "seconds", buckets: [3] }).observe(1);
  test.metrics.histogram("d", { unit: "bytes" }).observe(1);
  const { metrics } = await test.metrics.snapshot();
  const buckets = metrics.map((metric) => metric.type === "histogram" ? metric.buckets : undefined);
  assertEquals(buckets.slice(0, 3), [[0.005, 0.01], [1, 2], [3]]);
  assertEquals(buckets[3]?.[0], 64);
});

Deno.test("Registry holds up to 10,000 instruments per thread", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  for (let i = 0; i < 10_000; i++) metrics.counter(`c${i}`);
  const thrown = assertThrows(() => metrics.gauge("one_more"), RangeError);
  assertEquals(
    thrown.message,
    "Cannot create gauge one_more: the number of instruments must be at most 10000, got 10001",
  );
  metrics.counter("c0").inc();
  assertEquals((await metrics.instruments()).length, 10_000);
});

Deno.test("instruments cannot have the names of what is measured without them, so that no trace fails by its first run", async () => {
  await using test = inlineMetrics({ runtime: { process: true } });
  const { metrics } = test;
  const refused: [create: () => unknown, says: string][] = [
    [
      () => metrics.gauge("trace_duration_seconds"),
      'Cannot create gauge trace_duration_seconds: its exposed names must differ from those of trace_duration, got "trace_duration_seconds"',
    ],
    [
      () => metrics.timer("trace_duration"),
      'Cannot create timer trace_duration: its exposed names must differ from those of trace_duration, got "trace_duration_seconds"',
    ],
    [
      () => metrics.gauge("process_cpu_seconds_total"),
      'its exposed names must differ from those of process_cpu_seconds_total, got "process_cpu_seconds_total"',
    ],
    [
      () => metrics.gauge("process.start", { unit: "time_seconds" }),
      "its exposed names in underscores must differ from those of process_start_time_seconds",
    ],
  ];
  for (const [create, says] of refused) assertThrows(create, TypeError, says);
  assertEquals(metrics.trace.run({ name: "job" }, () => "done"), "done");
  const { series } = metricOf(await metrics.snapshot(), "trace_duration_seconds");
  assertEquals(series.map(({ labels }) => labels), [{ trace: "job" }]);
});

Deno.test("Registry accepts names of self-metrics that are not measured", async () => {
  await using test = inlineMetrics({ traces: false });
  test.metrics.gauge("trace_duration_seconds").set(1);
  test.metrics.gauge("process_cpu_seconds_total").set(1);
  assertEquals(test.metrics.trace.run({}, () => "done"), "done");
});
