import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { createMetrics, type Metrics, SloBreachEvent } from "../mod.ts";
import { inlineMetrics } from "../src/testing/mod.ts";

const SLO = { threshold: "5ms", target: 0.999 } as const;

/** Turns of the event loop until something is so. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Breaches reported from now on. */
function listenTo(metrics: Metrics): SloBreachEvent[] {
  const events: SloBreachEvent[] = [];
  metrics.addEventListener("slobreach", (event) => events.push(event));
  return events;
}

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`a breach is one event a series and drain, with a count, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation, drainIntervalMs: 60_000 });
    const events = listenTo(metrics);
    const execution = metrics.timer("order_execution", { labels: ["pair"], slo: SLO });
    const btc = execution.with({ pair: "BTC" });
    const eth = execution.with({ pair: "ETH" });
    for (const seconds of [0.001, 0.005, 0.3, 0.006]) btc.observe(seconds);
    eth.observe(0.02);
    execution.with({ pair: "SOL" }).observe(0.005);
    assertEquals(events, [], "a listener ran inside of a recording call");
    await metrics.flush();
    const notified = events.map((
      { metric, labels, thresholdSeconds, violations, worstSeconds },
    ) => [metric, labels.pair, thresholdSeconds, violations, worstSeconds]);
    assertEquals(notified, [
      ["order_execution_seconds", "BTC", 0.005, 2, 0.3],
      ["order_execution_seconds", "ETH", 0.005, 1, 0.02],
    ]);
    for (const event of events) {
      assertInstanceOf(event, SloBreachEvent);
      assertEquals([event.type, new Date(event.timestamp).toISOString()], ["slobreach", event.timestamp]);
      assertStrictEquals(event.target as unknown, metrics);
    }
    eth.observe(1);
    await metrics.flush();
    assertEquals(events.slice(2).map(({ labels, violations }) => [labels.pair, violations]), [["ETH", 1]]);
    btc.observe(0.001);
    await metrics.flush();
    assertEquals(events.length, 3);
  });

  Deno.test(`Metrics.addEventListener reports a breach by itself, a drain interval after it was published, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation, drainIntervalMs: 1 });
    const events = listenTo(metrics);
    const job = metrics.timer("job", { slo: SLO });
    for (let count = 1; count <= 3; count++) {
      job.observe(1);
      await until(() => events.length === count);
    }
    assertEquals(events.map(({ violations }) => violations), [1, 1, 1]);
  });

  Deno.test(`Metrics.addEventListener calls the first listener with earlier violations, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    const job = metrics.timer("job", { slo: SLO });
    for (let i = 0; i < 3; i++) {
      job.observe(1);
      await metrics.flush();
    }
    const events = listenTo(metrics);
    await metrics.flush();
    assertEquals(events.map(({ violations }) => violations), [3]);
  });

  Deno.test(`Metrics.close reports the last breaches before it resolves, ${aggregation}`, async () => {
    const metrics = createMetrics({ aggregation, drainIntervalMs: 60_000 });
    const events = listenTo(metrics);
    metrics.timer("job", { slo: SLO }).observe(1);
    await metrics.close();
    assertEquals(events.length, 1);
    // Nothing comes any more; it must still be allowed to listen.
    listenTo(metrics);
  });
}

Deno.test("Metrics.removeEventListener ends it, as do once and a signal", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const heard: string[] = [];
  const removed = () => heard.push("removed");
  const abort = new AbortController();
  metrics.addEventListener("slobreach", removed);
  metrics.addEventListener("slobreach", () => heard.push("once"), { once: true });
  metrics.addEventListener("slobreach", () => heard.push("signal"), { signal: abort.signal });
  metrics.addEventListener("slobreach", { handleEvent: () => heard.push("object") });
  const job = metrics.timer("job", { slo: SLO });
  job.observe(1);
  await metrics.flush();
  assertEquals(heard.splice(0), ["removed", "once", "signal", "object"]);
  metrics.removeEventListener("slobreach", removed);
  abort.abort();
  job.observe(1);
  await metrics.flush();
  assertEquals(heard, ["object"]);
});

Deno.test("a listener that throws is reported and disturbs neither the drain nor other listeners", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const reported: unknown[] = [];
  const report = (event: ErrorEvent) => {
    event.preventDefault();
    reported.push(event.error);
  };
  globalThis.addEventListener("error", report);
  try {
    const error = new Error("a listener's own");
    metrics.addEventListener("slobreach", () => {
      throw error;
    });
    const events = listenTo(metrics);
    const job = metrics.timer("job", { slo: SLO });
    job.observe(1);
    await metrics.flush();
    job.observe(1);
    const { meta } = await metrics.snapshot();
    assertEquals([events.length, reported, meta.recorded], [2, [error, error], 2]);
  } finally {
    globalThis.removeEventListener("error", report);
  }
});

Deno.test("a listener that throws or rejects is counted, and does not end the program", async () => {
  const program = `
    import { createMetrics } from "@hotpath/metrics";
    const metrics = createMetrics({ aggregation: "inline" });
    const heard = [];
    metrics.addEventListener("slobreach", () => { heard.push(1); throw new Error("a listener's own"); });
    metrics.addEventListener("slobreach", async () => { heard.push(2); await Promise.reject(); });
    metrics.addEventListener("slobreach", { handleEvent() { heard.push(3); throw "no error"; } });
    const removed = () => heard.push(4);
    for (let i = 0; i < 2; i++) metrics.addEventListener("slobreach", removed);
    metrics.removeEventListener("slobreach", removed);
    metrics.timer("job", { slo: { threshold: "1ms", target: 0.9 } }).observe(1);
    await metrics.flush();
    await new Promise((resolve) => setTimeout(resolve));
    console.log(heard.join(), (await metrics.performance()).rejected.listener_failed);
    await metrics.close();
  `;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", program],
    cwd: new URL("../", import.meta.url),
  }).output();
  assertEquals([code, new TextDecoder().decode(stdout)], [0, "1,2,3 3\n"], new TextDecoder().decode(stderr));
});

Deno.test("Metrics.addEventListener reports nothing of a removed series", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const job = metrics.timer("job", { labels: ["name"], slo: SLO });
  job.with({ name: "removed" }).observe(1);
  job.with({ name: "kept" }).observe(1);
  await metrics.flush();
  job.remove({ name: "removed" });
  const events = listenTo(metrics);
  await metrics.flush();
  assertEquals(events.map(({ labels }) => labels), [{ name: "kept" }]);
});

Deno.test("a listener may record, flush and create instruments", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const job = metrics.timer("job", { slo: SLO });
  const flushes: Promise<void>[] = [];
  metrics.addEventListener("slobreach", ({ violations }) => {
    metrics.counter("breaches_total").inc(violations);
    if (flushes.length === 3) return;
    job.observe(1);
    flushes.push(metrics.flush());
  });
  job.observe(1);
  await metrics.flush();
  for (const flush of flushes) await flush;
  assertEquals((await metrics.scrape()).includes("\nbreaches_total 4\n"), true);
});
