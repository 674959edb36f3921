import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { LiveFrame, LiveStart } from "../../../src/model/live_frames.ts";
import { LIVE, type LiveAnswer, liveReaderOf } from "../../../src/model/live_request.ts";
import { createMetrics, noopMetrics } from "../../../mod.ts";
import { inlineMetrics } from "../../../src/testing/mod.ts";
import { distributionOf } from "../../_support/snapshots.ts";
import { Follower } from "../../_support/aggregate/live/follower.ts";
import { TICK as SLOW_TICK } from "../../_support/aggregate/live/tick.ts";

const TICK = { ...SLOW_TICK, intervalMs: 100 };

function beginningOf(answer: LiveAnswer | undefined): { start: LiveStart; frame: LiveFrame } {
  const { start, frame } = answer!.beginning!;
  return { start, frame: JSON.parse(frame) };
}

Deno.test("a live feed equals the snapshot of the same moment, at all times", async () => {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  const timer = metrics.timer("order_execution", { slo: { threshold: "5ms", target: 0.99 } });
  const size = metrics.histogram("message_bytes", { unit: "bytes", sketch: "tdigest" });
  const latency = metrics.summary("latency", { window: "5s", quantiles: [0.5, 0.99] });
  const orders = metrics.counter("orders_total");
  const reader = liveReaderOf(metrics)!;
  const follower = new Follower();
  const { start, frame } = beginningOf(await reader[LIVE](TICK));
  follower.begin(start, frame);
  assertEquals(
    start.metrics.map(({ name, type, schema, slo }) => [name, type, schema, slo?.target]),
    [
      ["order_execution_seconds", "histogram", 6, 0.99],
      ["message_bytes", "histogram", undefined, undefined],
      ["latency", "summary", 6, undefined],
      ["orders_total", "counter", undefined, undefined],
    ],
  );
  const idOf = (name: string) => follower.series.values().find(({ metric }) => metric === name)!.id;

  for (let tick = 0; tick < 400; tick++) {
    if (tick % 7 < 4 && tick < 300) {
      for (const value of [0.001, 0.003 * (tick % 11), 0.02]) timer.observe(value);
      size.observe(tick);
      latency.observe(tick / 3);
      orders.inc();
    }
    clock.advance(tick % 50 === 0 ? 3_700 : 230);
    const answer = await reader[LIVE](TICK);
    follower.apply(JSON.parse(answer!.frame!));
    if (tick % 10 !== 0) continue;
    const snapshot = await metrics.snapshot();
    for (const name of ["order_execution_seconds", "message_bytes"]) {
      const followed = follower.distributions.get(idOf(name))!;
      const { count, sum, windows: { "1m": window }, slo } = distributionOf(snapshot, name);
      assertEquals([followed.count, followed.window.count, followed.window.max], [count, window.count, window.max]);
      assertAlmostEquals(followed.sum, sum, 1e-9);
      assertAlmostEquals(followed.window.rate, window.rate, 1e-9);
      assertAlmostEquals(followed.window.mean ?? 0, window.mean ?? 0, 1e-6);
      assertEquals(followed.slo?.violations, slo?.violations);
      assertEquals(followed.slo?.burnRate ?? null, slo?.burnRate["1m"] ?? null);
      if (name !== "message_bytes") assertEquals(followed.window.quantiles, window.quantiles);
    }
    const summary = snapshot.metrics.find(({ name }) => name === "latency");
    const followed = follower.distributions.get(idOf("latency"))!;
    if (summary?.type === "summary") assertEquals(followed.window.quantiles, summary.series[0].quantiles);
    assertEquals(follower.gains.has(idOf("message_bytes")), false);
  }
  const gains = follower.gains.get(idOf("order_execution_seconds"))!;
  const counted = gains.positive.values().reduce((total, count) => total + count, gains.zero);
  assertEquals(counted, follower.distributions.get(idOf("order_execution_seconds"))!.count);
});

Deno.test("a live feed ends with its metrics, and noop metrics have none", async () => {
  for (const aggregation of ["worker", "inline"] as const) {
    const metrics = createMetrics({ aggregation });
    const reader = liveReaderOf(metrics)!;
    assertEquals((await reader[LIVE](TICK))?.isNew, true);
    assertEquals((await reader[LIVE](TICK))?.isNew, false);
    await metrics.close();
    assertEquals(await reader[LIVE](TICK), undefined);
  }
  assertEquals(liveReaderOf(noopMetrics), undefined);
});

Deno.test("hotpath_live_clients and hotpath_live_frames_lost_total are there once there was a client", async () => {
  await using test = inlineMetrics();
  const live = async () => (await test.metrics.scrape()).match(/^hotpath_live\S* .*$/gm);
  assertEquals(await live(), null);
  const reader = liveReaderOf(test.metrics)!;
  await reader[LIVE]({ ...TICK, clients: 3, framesLost: 2 });
  assertEquals(await live(), ["hotpath_live_clients 3", "hotpath_live_frames_lost_total 2"]);
  await reader[LIVE]({ ...TICK, clients: 0 });
  assertEquals(await live(), ["hotpath_live_clients 0", "hotpath_live_frames_lost_total 2"]);
});
