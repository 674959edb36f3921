import { assertEquals, assertThrows } from "@std/assert";
import { attachMetrics, createMetrics, type Kpi, TRADING_KPIS, tradingMetrics } from "@hotpath/metrics";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { untilDown, untilUp, Victim } from "./_support/threads/faults.ts";

const BACKLOG: Kpi = {
  name: "backlog",
  metric: "queue_backlog",
  statistic: "value",
  direction: "below",
  target: 1_000,
  critical: 10_000,
};

Deno.test("Metrics.definitions lists all definitions in order, with or without series", async () => {
  await using test = inlineMetrics({ windows: ["5s", "1s"] });
  test.metrics.counter("orders", { labels: ["side"], help: "Orders" });
  test.metrics.summary("wait", { unit: "seconds", window: "1m", quantiles: [0.5] });
  const { instruments, windows, hasSelfMetrics, kpis } = await test.metrics.definitions();
  assertEquals(instruments.map(({ exposedName, help }) => [exposedName, help]), [
    ["orders_total", "Orders"],
    ["wait_seconds", ""],
  ]);
  assertEquals(instruments[1].summary, { window: { name: "1m", lengthMs: 60_000 }, quantiles: [0.5] });
  assertEquals([windows, hasSelfMetrics, kpis], [["5s", "1s"], true, []]);
});

Deno.test("Metrics.definitions excludes metrics that the process may not read", async () => {
  await using test = inlineMetrics({ runtime: { process: true } });
  const missing = (await test.metrics.instruments()).filter(({ needs }) => needs !== undefined).map(({ name }) => name);
  const there = (await test.metrics.definitions()).instruments.map(({ name }) => name);
  assertEquals(there.includes("deno_info"), true);
  assertEquals(there.filter((name) => missing.includes(name)), []);
});

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`declareKpis, ${aggregation}: the last declaration of a name holds`, async () => {
    await using metrics = createMetrics({ aggregation });
    const kpis = [BACKLOG, { ...BACKLOG, name: "other", target: undefined }];
    metrics.declareKpis(kpis);
    assertEquals((await metrics.definitions()).kpis, kpis);
    metrics.declareKpis([{ ...BACKLOG, target: 5 }]);
    assertEquals((await metrics.definitions()).kpis, [{ ...BACKLOG, target: 5 }, kpis[1]]);
    assertThrows(() => metrics.declareKpis([kpis[0], { ...BACKLOG, target: 1e9 }]), RangeError, "kpis[1].target");
    assertEquals((await metrics.definitions()).kpis[0].target, 5);
  });
}

Deno.test("KPIs of all threads are known, also to an aggregator that was started again", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  await using attached = await attachMetrics(metrics.connect());
  metrics.declareKpis([BACKLOG]);
  attached.declareKpis([{ ...BACKLOG, name: "remote" }]);
  await attached.flush();
  const before = await metrics.definitions();
  assertEquals(before.kpis.map(({ name }) => name), ["backlog", "remote"]);
  await metrics.flush();
  await victim.strike("terminate");
  await untilDown(metrics);
  await untilUp(metrics);
  await attached.flush();
  assertEquals((await metrics.definitions()).kpis, before.kpis);
});

Deno.test("tradingMetrics declares its KPIs, with the thresholds that hold", async () => {
  await using test = inlineMetrics();
  tradingMetrics(test.metrics, { thresholds: { order_execution: { target: 0.025 } } });
  const { kpis } = await test.metrics.definitions();
  assertEquals(kpis.map(({ name }) => name), TRADING_KPIS.map(({ name }) => name));
  assertEquals(kpis[0], {
    name: "order_execution",
    metric: "order_execution_seconds",
    statistic: "p99",
    direction: "below",
    target: 0.025,
    critical: 0.5,
  });
});
