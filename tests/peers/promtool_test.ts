import { assert, assertEquals } from "@std/assert";
import { createMetrics, type Metrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { HOSTILE_TEXTS } from "../_support/peers/hostile_texts.ts";
import { runPeer } from "../_support/peers/peer.ts";
import { suffixedMetrics } from "../_support/peers/suffixed_metrics.ts";

const TRACE = { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" };

/** Asserts that promtool has nothing to say of an exposition. */
async function assertSilent(exposition: Uint8Array): Promise<void> {
  const { said, code } = await runPeer("promtool", ["check", "metrics"], exposition);
  assertEquals({ said, code }, { said: "", code: 0 });
}

Deno.test("promtool says nothing of every instrument, nasty texts and all self-metrics", async () => {
  await using test = inlineMetrics({ seriesMax: 100, ringCapacity: 64 });
  const { metrics, clock } = test;
  const help = HOSTILE_TEXTS.join(" and ");
  const orders = metrics.counter("orders_total", { help, labels: ["path", "side"] });
  const depth = metrics.gauge("queue_depth", { help: "Queued events", labels: ["path"] });
  const size = metrics.histogram("message_size", { help, unit: "bytes", labels: ["path"] });
  const slo = { threshold: "2ms", target: 0.999 } as const;
  const execution = metrics.timer("order_execution", { help, labels: ["path"], slo });
  for (const path of HOSTILE_TEXTS) {
    orders.with({ path, side: "buy" }).inc(0.5);
    depth.with({ path }).set(-1e-7);
    for (let i = 0; i < 10; i++) size.with({ path }).observe(10 ** i);
    const start = execution.with({ path }).start();
    clock.advance(3);
    execution.with({ path }).end(start);
  }
  metrics.counter("sent", { help: "Sent", unit: "bytes" }).inc(1e21);
  orders.with({ path: "traced", side: "buy" }).incWithExemplar(1, TRACE);
  size.with({ path: "traced" }).observeWithExemplar(100, TRACE);
  metrics.summary("wait", { help, unit: "seconds", quantiles: [0, 0.5, 1], labels: ["path"] })
    .with({ path: '"\\\n' }).observe(-0.25);
  metrics.summary("unused_wait", { help: "Without series", labels: ["path"] });
  metrics.gauge("portfolio_value", { help: "Value", unit: "dollars", collect: () => -5.25 });
  metrics.gauge("broken", { help: "Never set", collect: () => NaN });
  metrics.histogram("load", { help: "No buckets of its own", buckets: [] }).observe(-3);
  metrics.counter("unused_total", { help: "Without series", labels: ["side"] });
  metrics.timer("unused", { help: "Without series", labels: ["side"] });
  for (let id = 0; id < 200; id++) orders.with({ path: id, side: "sell" }).inc();
  await metrics.flush();
  await metrics.scrape();
  const text = await metrics.scrape();
  for (
    const name of [
      "dropped_total",
      "overflowed_total",
      "rejected_total",
      "scrape_duration_seconds_count",
      "slo_burn_rate",
    ]
  ) {
    if (!text.includes(name)) throw new Error(`the scrape is without ${name}`);
  }
  await assertSilent(new TextEncoder().encode(text));
});

for (const escaping of ["underscores", "dots", "values"] as const) {
  Deno.test(`promtool says nothing of names that are not legacy, escaped by ${escaping}`, async () => {
    await using test = inlineMetrics();
    const { metrics } = test;
    metrics.counter("http.requests", { help: "Requests", labels: ["service.name", "花火"] })
      .with({ "service.name": "shop", "花火": "é" }).inc();
    metrics.histogram('größe "alle"', { help: "Size", unit: "bytes" }).observe(1);
    metrics.summary("wait\n🚀", { help: "Wait", unit: "seconds" }).observe(1);
    metrics.timer("0.work", { help: "Work", slo: { threshold: "2ms", target: 0.999 } }).observe(1);
    const { body, contentType } = await metrics.scrape({ accept: `text/plain;version=0.0.4;escaping=${escaping}` });
    assertEquals(contentType, `text/plain; version=0.0.4; charset=utf-8; escaping=${escaping}`);
    await assertSilent(body);
  });
}

Deno.test("promtool can read all names that are accepted, whatever suffix they end in", async () => {
  for (const metrics of suffixedMetrics()) {
    await using test = metrics;
    const { said, code } = await runPeer("promtool", ["check", "metrics"], (await test.metrics.scrape({})).body);
    // 3 is for what could be named better.
    assert(code === 0 || code === 3, said);
  }
});

Deno.test("promtool says nothing of a scrape from a worker, and of one after the close", async () => {
  const metrics = createMetrics();
  metrics.counter("orders_total", { help: "Orders sent" }).inc();
  metrics.timer("order_execution", { help: "Signal to submission" }).wrap(() => {})();
  await assertSilent((await metrics.scrape({})).body);
  await metrics.close();
  await assertSilent((await metrics.scrape({})).body);
});

Deno.test("promtool says nothing of the runtime's own numbers", async () => {
  await using test = inlineMetrics({ runtime: true });
  const text = await untilCollected(test.metrics);
  for (const name of ["process_cpu_seconds_total", "process_start_time_seconds", "deno_heap_space_used_bytes"]) {
    if (!text.includes(name)) throw new Error(`the scrape is without ${name}`);
  }
  await assertSilent(new TextEncoder().encode(text));
});

/** Makes garbage until a collection and a lag were seen. */
async function untilCollected(metrics: Metrics): Promise<string> {
  const seen = ["deno_gc_duration_window_seconds{", "deno_eventloop_lag_window_seconds{"];
  for (let garbage: object[] = [];; garbage = []) {
    for (let i = 0; i < 100_000; i++) garbage.push({ i });
    await new Promise((resolve) => setTimeout(resolve, 0));
    const text = await metrics.scrape();
    if (seen.every((name) => text.includes(name))) return text;
  }
}
