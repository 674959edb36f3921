import { assert, assertEquals, assertGreater, assertRejects, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { createMetrics } from "../../mod.ts";
import { metricsRoutes } from "../../src/serve/routes.ts";
import { serveMetrics } from "../../src/server.ts";
import { distributionOf, hasSeries, metricOf, valueOf } from "../_support/snapshots.ts";
import { MOD, runScript } from "../_support/subprocess.ts";
import { clientOf, FAULTS, untilDown, untilSo, untilUp, Victim } from "../_support/threads/faults.ts";

for (const fault of FAULTS) {
  Deno.test(`WorkerSupervisor restarts an aggregator that fails (${fault}): counters and gauges continue, histograms start over`, async () => {
    await using metrics = createMetrics();
    const victim = new Victim(metrics);
    const orders = metrics.counter("orders_total", { labels: ["id"] });
    const depth = metrics.gauge("depth");
    const last = metrics.gauge("last", { aggregator: "last" });
    const size = metrics.histogram("size");
    const job = metrics.timer("job");
    for (let id = 0; id < 100; id++) orders.with({ id }).inc(id);
    for (let i = 0; i < 1_000; i++) size.observe(i);
    depth.set(5);
    last.set(7);
    job.observe(1);
    await metrics.flush();
    await victim.strike(fault);
    await untilDown(metrics);
    orders.with({ id: 1 }).inc(10);
    orders.with({ id: "new" }).inc(3);
    depth.inc();
    size.observe(42);
    await untilUp(metrics);
    const snapshot = await metrics.snapshot();
    for (let id = 2; id < 100; id++) assertEquals(valueOf(snapshot, "orders_total", { id: String(id) }), id);
    assertEquals(valueOf(snapshot, "orders_total", { id: "1" }), 11);
    assertEquals(valueOf(snapshot, "orders_total", { id: "new" }), 3);
    assertEquals([valueOf(snapshot, "depth"), valueOf(snapshot, "last")], [6, 7]);
    const { count, sum } = distributionOf(snapshot, "size");
    assertEquals([count, sum, distributionOf(snapshot, "job_seconds").count], [1, 42, 0]);
    // The bait that the drain has choked on was taken from the ring, too.
    const lost = fault === "drain" ? 1_002 : 1_001;
    assertEquals(snapshot.meta, { recorded: lost + 1, dropped: 0, sampledOut: 0, series: 106, overflowed: 0 });
    const { aggregatorRestarts, histogramRecordsLost } = await metrics.performance();
    assertEquals([aggregatorRestarts, histogramRecordsLost], [1, lost]);
    const text = await metrics.scrape();
    assertStringIncludes(text, "\nhotpath_aggregator_restarts_total 1\n");
    assertStringIncludes(text, `\nhotpath_records_lost_total ${lost}\n`);
    assertStringIncludes(text, `\nhotpath_records_total ${lost + 1}\n`);
    const { status, reasons, uptimeSeconds } = await metrics.health();
    assertEquals([status, reasons], ["DEGRADED", [
      "the aggregator failed and was restarted in the last minute, restart 1",
      `histograms lost records in the last minute, ${lost} in all`,
    ]]);
    assertGreater(uptimeSeconds, 0.1);
  });

  Deno.test(`while the aggregator is down (${fault}) requests are refused at once and a mounted /health is DEGRADED`, async () => {
    await using metrics = createMetrics();
    const victim = new Victim(metrics);
    const app = new Hono().route("/", metricsRoutes(metrics));
    await metrics.flush();
    assertEquals((await app.request("/health")).status, 200);
    await victim.strike(fault);
    // One that is under way when it fails; which of the two comes first is open.
    const underWay = metrics.snapshot().then(() => "", (error: Error) => error.message);
    await untilDown(metrics);
    const reason = fault === "terminate" ? "its worker has ended" : "its worker failed: ";
    for (const ask of ["snapshot", "scrape", "performance", "instruments"] as const) {
      await assertRejects(() => metrics[ask](), Error, `Cannot reach the aggregator: ${reason}`);
    }
    const response = await app.request("/health");
    assertEquals([response.status, await response.json()], [200, { status: "DEGRADED" }]);
    const { reasons } = await (await app.request("/health/extended")).json();
    assertStringIncludes(reasons[0], `Cannot reach the aggregator: ${reason}`);
    assertEquals((await app.request("/health/live")).status, 200);
    assertEquals((await app.request("/health/ready")).status, 503);
    const said = await underWay;
    assert(said === "" || said.includes(reason), said);
    await untilUp(metrics);
    assertEquals((await app.request("/health")).status, 200);
    await metrics.ready;
  });

  Deno.test(`close takes what is left while the aggregator is down (${fault})`, async () => {
    const metrics = createMetrics({ drainIntervalMs: 60_000 });
    const victim = new Victim(metrics);
    const orders = metrics.counter("orders_total");
    const size = metrics.histogram("size");
    orders.inc(2);
    await metrics.flush();
    await victim.strike(fault);
    await untilDown(metrics);
    orders.inc(3);
    for (let i = 0; i < 1_000; i++) size.observe(1);
    await metrics.close();
    const snapshot = await metrics.snapshot();
    assertEquals([valueOf(snapshot, "orders_total"), distributionOf(snapshot, "size").count], [5, 1_000]);
  });
}

for (const fault of FAULTS) {
  Deno.test(`flush lasts while the aggregator fails (${fault}) and is started again`, async () => {
    await using metrics = createMetrics({ drainIntervalMs: 60_000 });
    const victim = new Victim(metrics);
    await metrics.flush();
    await victim.strike(fault);
    const size = metrics.histogram("size");
    for (let i = 0; i < 100; i++) size.observe(i);
    await Promise.all([metrics.flush(), untilDown(metrics).then(() => metrics.flush())]);
    const { aggregatorRestarts, histogramRecordsLost } = await metrics.performance();
    const { count } = distributionOf(await metrics.snapshot(), "size");
    const baits = fault === "drain" ? 1 : 0;
    assertEquals([aggregatorRestarts, count + histogramRecordsLost], [1, 100 + baits]);
  });

  Deno.test(`close right after the aggregator fails (${fault}) takes or counts everything`, async () => {
    for (let round = 0; round < 4; round++) {
      const metrics = createMetrics({ ringCapacity: 8_192 });
      const victim = new Victim(metrics);
      const [orders, size] = [metrics.counter("orders_total"), metrics.histogram("size")];
      if (round % 2 === 1) await metrics.ready;
      for (let i = 0; i < 1_000; i++) {
        orders.inc();
        size.observe(i);
      }
      const struck = victim.strike(fault);
      if (round < 2) await struck;
      await metrics.close();
      await struck;
      const { meta, ...snapshot } = await metrics.snapshot();
      const kept = [distributionOf(snapshot, "size").count, distributionOf(snapshot, "bait").count];
      const lost = Number(/^hotpath_records_lost_total (\d+)$/m.exec(await metrics.scrape())?.[1]);
      assertEquals([valueOf(snapshot, "orders_total"), kept[0] + kept[1] + lost], [1_000, meta.recorded]);
    }
  });
}

Deno.test("Metrics.close whose aggregator fails meanwhile drains the rest by another one", async () => {
  const metrics = createMetrics();
  const victim = new Victim(metrics);
  metrics.counter("orders_total").inc(2);
  await metrics.flush();
  await victim.strike("message");
  await metrics.close();
  assertEquals(valueOf(await metrics.snapshot(), "orders_total"), 2);
});

Deno.test("WorkerSupervisor: an aggregator that fails repeatedly loses no count, and counts lost records of histograms", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  const orders = metrics.counter("orders_total");
  const size = metrics.histogram("size");
  let baits = 0;
  for (let round = 1; round <= 4; round++) {
    orders.inc(round);
    for (let i = 0; i < 10; i++) size.observe(i);
    await metrics.flush();
    const fault = FAULTS[round % FAULTS.length];
    if (fault === "drain") baits += 1;
    await victim.strike(fault);
    await untilDown(metrics);
    orders.inc(100);
    await untilUp(metrics);
    const snapshot = await metrics.snapshot();
    assertEquals(valueOf(snapshot, "orders_total"), 100 * round + round * (round + 1) / 2);
    assertEquals(distributionOf(snapshot, "size").count, 0);
    const { aggregatorRestarts, histogramRecordsLost, meta } = await metrics.performance();
    assertEquals([aggregatorRestarts, histogramRecordsLost, meta.recorded], [
      round,
      10 * round + baits,
      10 * round + baits,
    ]);
  }
});

Deno.test("WorkerSupervisor restarts an aggregator that ended before it had started", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  metrics.counter("orders_total").inc(2);
  await victim.strike("terminate");
  await metrics.ready;
  assertEquals(valueOf(await metrics.snapshot(), "orders_total"), 2);
});

Deno.test("Metrics.snapshot rejects when the request fails, and the aggregator continues", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  const size = metrics.histogram("size");
  for (let i = 0; i < 10; i++) size.observe(i);
  victim.breakEncode();
  await assertRejects(() => metrics.scrape(), TypeError, "is not a function");
  assertEquals(distributionOf(await metrics.snapshot(), "size").count, 10);
  await victim.breakSnapshot();
  await assertRejects(() => metrics.snapshot(), TypeError, "Cannot convert object to primitive value");
  const { aggregatorRestarts, meta } = await metrics.performance();
  assertEquals([aggregatorRestarts, meta.recorded], [0, 11]);
  // So that close, which takes a last snapshot, finds nothing broken.
  await victim.strike("terminate");
  await untilDown(metrics);
});

Deno.test("WorkerSupervisor: records that were not drained when the aggregator failed are counted by the next", async () => {
  await using metrics = createMetrics({ drainIntervalMs: 60_000 });
  const victim = new Victim(metrics);
  const size = metrics.histogram("size", { labels: ["id"] });
  await metrics.flush();
  for (let i = 0; i < 1_000; i++) size.with({ id: i % 10 }).observe(1);
  await victim.strike("message");
  await untilDown(metrics);
  const taken = (await untilUp(metrics), await metrics.performance()).histogramRecordsLost;
  const snapshot = await metrics.snapshot();
  let counted = 0;
  for (let id = 0; id < 10; id++) counted += distributionOf(snapshot, "size", { id: String(id) }).count;
  assertEquals(counted + taken, 1_000);
});

Deno.test("WorkerSupervisor: series that were removed or reset around a failure stay so, and their ids and cells never mix up", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  const orders = metrics.counter("orders_total", { labels: ["id"] });
  const size = metrics.histogram("size", { labels: ["id"] });
  const record = (id: string, value: number) => {
    orders.with({ id }).inc(value);
    size.with({ id }).observe(value);
  };
  const remove = (id: string) => assertEquals([orders.remove({ id }), size.remove({ id })], [true, true]);
  for (let round = 0; round < 3; round++) {
    for (let id = 0; id < 100; id++) record(`${round} ${id}`, 1);
    await metrics.flush();
    for (let id = 0; id < 20; id++) remove(`${round} ${id}`);
    size.with({ id: `${round} 50` }).reset();
    await victim.strike(FAULTS[round]);
    for (let id = 20; id < 40; id++) remove(`${round} ${id}`);
    size.with({ id: `${round} 51` }).reset();
    await untilDown(metrics);
    for (let id = 40; id < 50; id++) remove(`${round} ${id}`);
    for (let id = 0; id < 50; id++) record(`${round} again ${id}`, 2);
    size.with({ id: `${round} 52` }).reset();
    for (let id = 50; id < 53; id++) size.with({ id: `${round} ${id}` }).observe(7);
    await untilUp(metrics);
    for (let id = 0; id < 50; id++) record(`${round} again ${id}`, 3);
    await metrics.flush();
    const snapshot = await metrics.snapshot();
    for (let id = 0; id < 50; id++) {
      assertEquals(hasSeries(snapshot, "orders_total", { id: `${round} ${id}` }), false);
      const labels = { id: `${round} again ${id}` };
      const { count, sum } = distributionOf(snapshot, "size", labels);
      assertEquals([valueOf(snapshot, "orders_total", labels), count, sum], [5, 2, 5]);
    }
    for (let id = 50; id < 53; id++) assertEquals(distributionOf(snapshot, "size", { id: `${round} ${id}` }).sum, 7);
    assertEquals(snapshot.meta.series, 1 + 2 * 100 * (round + 1));
  }
});

Deno.test("label sets past seriesMax stay in the overflow series when the aggregator is started again", async () => {
  await using metrics = createMetrics({ seriesMax: 4 });
  const victim = new Victim(metrics);
  const orders = metrics.counter("orders_total", { labels: ["id"] });
  for (let id = 0; id < 10; id++) orders.with({ id }).inc(1);
  const before = await metrics.snapshot();
  await victim.strike("terminate");
  await untilDown(metrics);
  await untilUp(metrics);
  const after = await metrics.snapshot();
  assertEquals(metricOf(after, "orders_total"), metricOf(before, "orders_total"));
  assertEquals(after.meta.overflowed, 7);
});

Deno.test("objectives are watched again after a failure", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  const violated: number[] = [];
  metrics.addEventListener("slobreach", ({ violations }) => violated.push(violations));
  const job = metrics.timer("job", { slo: { threshold: "5ms", target: 0.999 } });
  job.observe(1);
  await metrics.flush();
  assertEquals(violated, [1]);
  await victim.strike("message");
  await untilDown(metrics);
  for (let i = 0; i < 3; i++) job.observe(1);
  await untilUp(metrics);
  await metrics.flush();
  assertEquals(violated.reduce((sum, each) => sum + each), 4);
});

for (const fault of FAULTS) {
  Deno.test(`Metrics.listen serves again at the same port after a failure (${fault})`, async () => {
    await using metrics = createMetrics();
    const victim = new Victim(metrics);
    metrics.counter("orders_total").inc(2);
    await using server = await serveMetrics(metrics, { port: 0, internalMetrics: true });
    const scrape = async () => await (await fetch(`${server.url}/internal/metrics`)).text();
    assertStringIncludes(await scrape(), "\norders_total 2\n");
    await victim.strike(fault);
    await untilDown(metrics);
    metrics.counter("orders_total").inc(3);
    let text = "";
    await untilSo(async () => (text = await scrape().catch(() => "")) !== "");
    assertStringIncludes(text, "\norders_total 5\n");
    await assertRejects(() => serveMetrics(metrics, { port: 0 }), Error, "they are already served");
    await server.close();
    await assertRejects(scrape, TypeError);
    // Nothing is left of it: it can be served anew.
    await using again = await serveMetrics(metrics, { port: server.port });
    assertStringIncludes(await (await fetch(`${again.url}/metrics`)).text(), "\norders_total 5\n");
  });
}

Deno.test("Metrics.listen does not serve again if it was closed while the aggregator was down", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  const server = await serveMetrics(metrics, { port: 0 });
  await victim.strike("message");
  await untilDown(metrics);
  await server.close();
  await untilUp(metrics);
  await metrics.flush();
  await assertRejects(() => fetch(`${server.url}/metrics`), TypeError);
  assertEquals((await metrics.health()).reasons.length, 1);
});

/** Makes the aggregator fail, and takes its port before the next one does. */
async function takePort(victim: Victim, port: number): Promise<Deno.Listener> {
  while (true) {
    await victim.strike("message");
    await untilDown(victim.metrics);
    while (!clientOf(victim.metrics).isRunning) {
      try {
        return Deno.listen({ hostname: "127.0.0.1", port });
      } catch {
        // The port of a worker that ends is free a little later.
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  }
}

Deno.test("a port that another program has taken meanwhile is a reason in the health until it is free", async () => {
  await using metrics = createMetrics();
  const victim = new Victim(metrics);
  await using server = await serveMetrics(metrics, { port: 0 });
  const taken = await takePort(victim, server.port);
  const reason = `Cannot serve metrics on 127.0.0.1:${server.port}: the port is in use`;
  await untilSo(async () => (await metrics.health()).reasons.includes(reason));
  assertEquals((await metrics.health()).status, "DEGRADED");
  taken.close();
  await untilSo(async () =>
    await fetch(`${server.url}/health`).then(({ body }) => body?.cancel(), () => 0) === undefined
  );
  await untilSo(async () => !(await metrics.health()).reasons.includes(reason));
});

Deno.test("WorkerSupervisor does not keep a program alive that ends while the aggregator is down", async () => {
  const { code, stdout, stderr } = await runScript(
    `import { createMetrics } from ${JSON.stringify(MOD)};
    import { Worker } from "node:worker_threads";
    const { unref } = Worker.prototype;
    let worker;
    Worker.prototype.unref = function () { worker = this; unref.call(this); };
    const metrics = createMetrics();
    await metrics.flush();
    worker.terminate();
    while ((await metrics.health()).status === "HEALTHY") await new Promise((resolve) => setTimeout(resolve, 1));
    metrics.histogram("size").observe(1);
    console.log("ends");`,
    ["--allow-read"],
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "ends\n", stderr: "" });
});

Deno.test("Metrics.listen: a program that only serves stays alive while the aggregator is down, and ends when it is closed", async () => {
  const { code, stdout, stderr } = await runScript(
    `import { createMetrics } from ${JSON.stringify(MOD)};
    import { serveMetrics } from ${JSON.stringify(import.meta.resolve("../../src/server.ts"))};
    import { Worker } from "node:worker_threads";
    const { unref } = Worker.prototype;
    let worker;
    Worker.prototype.unref = function () { worker = this; unref.call(this); };
    const metrics = createMetrics({ drainIntervalMs: 60_000 });
    const server = await serveMetrics(metrics, { port: 0 });
    const first = worker;
    await first.terminate();
    // Nothing of this script waits for anything: only what is served keeps it alive until there is a new worker.
    const timer = setInterval(async () => {
      if (worker === first) return;
      clearInterval(timer);
      console.log((await metrics.health()).reasons[0]);
      await server.close();
      console.log("closed");
    }, 1);
    Deno.unrefTimer(timer);`,
    ["--allow-read", "--allow-net=127.0.0.1"],
  );
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "restarted");
  assertStringIncludes(stdout, "closed");
});

Deno.test("requests that wait are bounded, all others are refused", async () => {
  await using metrics = createMetrics();
  const asked = Array.from({ length: 1_200 }, () => metrics.flush().then(() => "", (error: Error) => error.message));
  const said = await Promise.all(asked);
  assertEquals(said.filter((each) => each === "").length, 1_000);
  assertEquals(said.at(-1), "Cannot reach the aggregator: 1000 requests are already pending");
  await metrics.flush();
});
