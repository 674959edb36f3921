import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { createMetrics, type HealthCheckResult, type HealthOptions, type Metrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { FAULTS, untilSo, untilUp, Victim } from "../_support/threads/faults.ts";

/** What one check says of all that was recorded so far. */
async function checkOf(metrics: Metrics, name: string): Promise<HealthCheckResult | undefined> {
  await metrics.flush();
  const { checks } = await metrics.health();
  return checks.find((check) => check.name === name);
}

async function statusOf(metrics: Metrics, name: string): Promise<string | undefined> {
  return (await checkOf(metrics, name))?.status;
}

/** Status of the aggregator, without waiting for a restart. */
async function outageOf(metrics: Metrics): Promise<string | undefined> {
  return (await metrics.health()).checks.find(({ name }) => name === "aggregator")?.status;
}

/** A lag of the event loop, as the runtime's collectors record it. */
function lagOf(metrics: Metrics, thread: string): { observe(seconds: number): void } {
  return metrics.timer("deno_eventloop_lag", { labels: ["thread"] }).with({ thread });
}

Deno.test("health judges the lag of the event loop of the thread where it is worst", async () => {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  assertEquals(await checkOf(metrics, "eventLoopLag"), { name: "eventLoopLag", status: "NOT_MEASURED" });
  assertEquals((await metrics.health()).eventLoop, undefined);
  const main = lagOf(metrics, "main");
  assertEquals(await statusOf(metrics, "eventLoopLag"), "NOT_MEASURED");
  for (let i = 0; i < 100; i++) main.observe(0.01);
  assertEquals(await statusOf(metrics, "eventLoopLag"), "HEALTHY");
  const worker = lagOf(metrics, "worker");
  for (let i = 0; i < 100; i++) worker.observe(i < 90 ? 0.02 : 0.3);
  await metrics.flush();
  const { status, reasons, eventLoop } = await metrics.health();
  assertEquals([status, reasons], ["DEGRADED", ['the event loop lags by 0.299 s at p95{thread="worker"}']]);
  assertAlmostEquals(eventLoop?.lagSecondsP95 ?? 0, 0.3, 0.002);
  assertAlmostEquals(eventLoop?.lagSecondsAverage ?? 0, 0.048, 1e-9);
  for (let i = 0; i < 20; i++) worker.observe(0.7);
  assertEquals(await statusOf(metrics, "eventLoopLag"), "UNHEALTHY");
  for (let i = 0; i < 20; i++) worker.observe(3);
  assertEquals(await statusOf(metrics, "eventLoopLag"), "CRITICAL");
  clock.advance(66_000);
  assertEquals(await statusOf(metrics, "eventLoopLag"), "NOT_MEASURED");
});

Deno.test("health takes the window nearest to the one asked for, and measures nothing where there is none", async () => {
  const health: HealthOptions = { eventLoopLag: { window: "1m" } };
  await using some = inlineMetrics({ windows: ["1s", "20s"], health });
  lagOf(some.metrics, "main").observe(1);
  some.clock.advance(10_000);
  assertEquals(await statusOf(some.metrics, "eventLoopLag"), "UNHEALTHY");
  some.clock.advance(12_000);
  assertEquals(await statusOf(some.metrics, "eventLoopLag"), "NOT_MEASURED");
  await using none = inlineMetrics({ windows: [] });
  lagOf(none.metrics, "main").observe(1);
  none.metrics.timer("job", { slo: { threshold: "5ms", target: 0.9 } }).observe(1);
  await none.metrics.flush();
  const { status, checks } = await none.metrics.health();
  assertEquals([status, checks.filter((check) => check.status === "NOT_MEASURED").length], ["HEALTHY", 3]);
});

Deno.test("health judges the burn rate of the series that burns fastest, once it holds enough", async () => {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  assertEquals(await checkOf(metrics, "burnRate"), { name: "burnRate", status: "NOT_MEASURED" });
  const job = metrics.timer("job", { labels: ["pair"], slo: { threshold: "5ms", target: 0.99 } });
  const [btc, eth] = ["BTC", "ETH"].map((pair) => job.with({ pair }));
  for (let i = 0; i < 99; i++) btc.observe(1);
  assertEquals(await checkOf(metrics, "burnRate"), { name: "burnRate", status: "HEALTHY", value: 0 });
  for (let i = 0; i < 1_000; i++) eth.observe(i < 20 ? 1 : 0.001);
  clock.advance(200_000);
  const { status, value, reason } = await checkOf(metrics, "burnRate") ?? {};
  assertEquals([status, reason], ["DEGRADED", 'the error budget of job_seconds{pair="ETH"} burns at 2']);
  assertAlmostEquals(value ?? 0, 2, 1e-9);
  btc.observe(1);
  assertEquals(await statusOf(metrics, "burnRate"), "DEGRADED", "a budget that burns 100 times too fast");
  clock.advance(330_001);
  assertEquals(await checkOf(metrics, "burnRate"), { name: "burnRate", status: "HEALTHY", value: 0 });
});

Deno.test("health sees a heap that grows for minutes between requests, and not one that only swings", async () => {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  const heap = metrics.gauge("deno_heap_used_bytes", { labels: ["thread"] });
  const [steady, leaking] = ["main", "worker"].map((thread) => heap.with({ thread }));
  const pass = async (seconds: number, bytesPerSecond: number) => {
    for (let second = 0; second < seconds; second++) {
      steady.set(100e6 + second % 20 * 10e6);
      leaking.set(100e6 + second * bytesPerSecond + second % 7 * 5e6);
      await metrics.flush();
      clock.advance(1_000);
    }
  };
  assertEquals(await statusOf(metrics, "heapGrowth"), "NOT_MEASURED");
  await pass(320, 0);
  assertEquals(await statusOf(metrics, "heapGrowth"), "HEALTHY");
  await pass(320, 200_000);
  const { status, value = 0, reason = "" } = await checkOf(metrics, "heapGrowth") ?? {};
  assertEquals(status, "DEGRADED");
  assertAlmostEquals(value, 0.6, 0.1);
  assertEquals(/^the heap\{thread="worker"\} has grown by \d+(\.\d)? % within 5 min$/.test(reason), true, reason);
});

Deno.test("health ignores growth of a small heap", async () => {
  await using test = inlineMetrics();
  const heap = test.metrics.gauge("deno_heap_used_bytes");
  for (let second = 0; second < 320; second++) {
    heap.set(5e6 + second * 50_000);
    await test.metrics.flush();
    test.clock.advance(1_000);
  }
  assertEquals(await checkOf(test.metrics, "heapGrowth"), { name: "heapGrowth", status: "HEALTHY", value: 0 });
});

Deno.test("health judges by the thresholds that are set, and has no result of a check that is off", async () => {
  const dropping = async (health: HealthOptions) => {
    await using test = inlineMetrics({ ringCapacity: 64, health });
    const size = test.metrics.histogram("size");
    for (let i = 0; i < 128; i++) size.observe(i);
    await test.metrics.flush();
    const { status, checks } = await test.metrics.health();
    return [status, ...checks.map(({ name }) => name).filter((name) => name === "dropRatio")];
  };
  assertEquals(await dropping({}), ["DEGRADED", "dropRatio"]);
  assertEquals(await dropping({ dropRatio: { unhealthy: 0.4 } }), ["UNHEALTHY", "dropRatio"]);
  assertEquals(await dropping({ dropRatio: { degraded: 0.6 } }), ["HEALTHY", "dropRatio"]);
  assertEquals(await dropping({ dropRatio: false }), ["HEALTHY"]);
  const off = { eventLoopLag: false, burnRate: false, heapGrowth: false, ringOccupancy: false } as const;
  await using test = inlineMetrics({
    health: { ...off, dropRatio: false, seriesUsage: false, restarts: false, recordsLost: false, clashes: false },
  });
  assertEquals((await test.metrics.health()).checks, [{ name: "aggregator", status: "HEALTHY" }]);
});

Deno.test("health is exposed as a self-metric", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  assertStringIncludes(await metrics.scrape(), "\nhotpath_health_status 0\n");
  metrics.health.add("disk", () => "CRITICAL");
  await metrics.flush();
  assertStringIncludes(await metrics.scrape(), "\nhotpath_health_status 3\n");
});

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`health.add makes an added check count until it is removed, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    const remove = metrics.health.add("queue", () => ({ status: "UNHEALTHY", reason: "it is full" }));
    await metrics.flush();
    const { status, reasons, checks } = await metrics.health();
    assertEquals([status, reasons], ["UNHEALTHY", ["queue: it is full"]]);
    assertEquals(checks.at(-1), { name: "queue", status: "UNHEALTHY", reason: "queue: it is full" });
    remove();
    assertEquals((await metrics.health()).checks.some(({ name }) => name === "queue"), false);
    metrics.health.add("queue", () => true);
    await metrics.flush();
    assertEquals([(await metrics.health()).status, await statusOf(metrics, "queue")], ["HEALTHY", "HEALTHY"]);
  });

  Deno.test(`a healthchange is raised once for what is worse, and once it has recovered, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation, health: { recoverAfter: "1ms" } });
    const announced: string[] = [];
    let status: "HEALTHY" | "CRITICAL" = "CRITICAL";
    metrics.health.add("disk", () => status, { interval: "10ms" });
    metrics.addEventListener("healthchange", ({ previous, status, reasons }) => {
      announced.push([previous, status, ...reasons].join());
    });
    await untilSo(() => announced.length > 0);
    status = "HEALTHY";
    await untilSo(() => announced.length > 1);
    assertEquals(announced, ["HEALTHY,CRITICAL,disk is CRITICAL", "CRITICAL,HEALTHY"]);
  });
}

Deno.test("a healthchange comes by the clock: worse within a second, better after a while, and never by close", async () => {
  await using test = inlineMetrics({ ringCapacity: 64 });
  const { metrics, clock } = test;
  const announced: string[] = [];
  metrics.addEventListener("healthchange", ({ previous, status }) => announced.push(`${previous} ${status}`));
  const pass = async (seconds: number) => {
    for (let second = 0; second < seconds; second++) {
      clock.advance(1_000);
      await metrics.flush();
    }
    return announced.splice(0);
  };
  assertEquals(await pass(2), []);
  const size = metrics.histogram("size");
  for (let i = 0; i < 65; i++) size.observe(i);
  assertEquals(announced, [], "a listener ran inside of a recording call");
  assertEquals(await pass(1), ["HEALTHY DEGRADED"]);
  assertEquals([await pass(64), await pass(1)], [[], ["DEGRADED HEALTHY"]]);
  await metrics.close();
  assertEquals(announced, []);
});

Deno.test("an added check is UNHEALTHY once its report is overdue", async () => {
  await using test = inlineMetrics({ health: { staleAfter: "2s" } });
  const { metrics, clock } = test;
  metrics.health.add("queue", () => true, { interval: "1h", timeout: "1s" });
  await metrics.flush();
  clock.advance(3_602_000);
  assertEquals(await statusOf(metrics, "queue"), "HEALTHY");
  clock.advance(1_000);
  const { reason } = await checkOf(metrics, "queue") ?? {};
  assertEquals(reason, "queue: has not reported for 3600 s");
});

for (const fault of FAULTS) {
  Deno.test(`a healthchange announces that the aggregator is being restarted, and the next one knows all checks (${fault})`, async () => {
    await using metrics = createMetrics({ health: { recoverAfter: "1ms" } });
    const victim = new Victim(metrics);
    const announced: (readonly [string, string, string])[] = [];
    metrics.addEventListener("healthchange", ({ previous, status, reasons }) => {
      announced.push([previous, status, reasons.join()]);
    });
    metrics.health.add("disk", () => ({ status: "HEALTHY" }), { interval: "1h" });
    const remove = metrics.health.add("gone", () => "HEALTHY", { interval: "1h" });
    await metrics.flush();
    remove();
    await victim.strike(fault);
    await untilSo(() => announced.length > 0);
    assertEquals(announced[0].slice(0, 2), ["HEALTHY", "DEGRADED"]);
    assertStringIncludes(announced[0][2], "Cannot reach the aggregator: its worker");
    await untilUp(metrics);
    assertEquals(await checkOf(metrics, "disk"), { name: "disk", status: "HEALTHY" });
    assertEquals(await checkOf(metrics, "gone"), undefined);
  });
}

Deno.test("an added check counts while there is no aggregator, for reads and for listeners that come then", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  metrics.health.add("disk", () => ({ status: "UNHEALTHY", reason: "it is full" }), { interval: "1h" });
  await metrics.flush();
  await victim.strike("terminate");
  await untilSo(async () => await outageOf(metrics) === "DEGRADED");
  const announced: string[][] = [];
  metrics.addEventListener("healthchange", ({ status, reasons }) => announced.push([status, ...reasons]));
  const { status, reasons } = await metrics.health();
  assertEquals([status, reasons[1]], ["UNHEALTHY", "disk: it is full"]);
  assertEquals(announced.map(([status, , disk]) => [status, disk]), [["UNHEALTHY", "disk: it is full"]]);
});

Deno.test("health is CRITICAL once the aggregator has failed three times in a row", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  await metrics.flush();
  for (let i = 0; i < 2; i++) {
    await victim.strike("terminate");
    await untilSo(async () => await outageOf(metrics) === "DEGRADED");
    await untilUp(metrics);
  }
  await victim.strike("terminate");
  await untilSo(async () => await outageOf(metrics) === "CRITICAL");
});

Deno.test("closed metrics run no check, and are CRITICAL without an event", async () => {
  const metrics = createMetrics();
  const announced: string[] = [];
  let runs = 0;
  metrics.addEventListener("healthchange", ({ status }) => announced.push(status));
  metrics.health.add("disk", () => {
    runs += 1;
    return true;
  }, { interval: "10ms" });
  await metrics.close();
  const before = runs;
  metrics.health.add("late", () => false)();
  metrics.addEventListener("healthchange", ({ status }) => announced.push(status));
  assertEquals((await metrics.health()).status, "CRITICAL");
  assertEquals([runs, announced], [before, []]);
});
