import { assertEquals, assertGreaterOrEqual, assertLess, assertRejects } from "@std/assert";
import { createMetrics, type DistributionSnapshot } from "../../mod.ts";
import { Thread, type WorkerKind } from "../_support/threads/thread.ts";

for (const kind of ["web", "node"] satisfies WorkerKind[]) {
  Deno.test(`Trace crosses two Workers, and a timing that starts on one ends on the other, ${kind}`, async () => {
    await using metrics = createMetrics();
    await using first = await Thread.start(metrics, kind);
    await using second = await Thread.start(metrics, kind);
    const { traceId, spanId } = await metrics.trace.run({ name: "candle" }, async ({ traceId, spanId }) => {
      await first.run({ do: "trace", traceId, parentId: spanId, name: "signal", half: "start" });
      await second.run({ do: "trace", traceId, parentId: spanId, name: "order", half: "end" });
      return { traceId, spanId };
    });
    await first.run({ do: "flush" });
    await second.run({ do: "flush" });

    const trace = await metrics.findTrace(traceId);
    assertEquals([trace?.name, trace?.isComplete, trace?.droppedSpans], ["candle", true, 0]);
    const stages = (trace?.stages ?? []).map(({ name, thread }) => `${name} on ${thread}`);
    assertEquals(stages.toSorted(), [
      "candle on main",
      "handover on worker-2",
      "order on worker-2",
      "signal on worker-1",
      "stage on worker-1",
      "stage on worker-2",
    ]);
    const parentOf = (wanted: string) => trace?.stages.find(({ name }) => name === wanted)?.parentId;
    assertEquals([parentOf("candle"), parentOf("signal"), parentOf("order")], [null, spanId, spanId]);

    const { metrics: all } = await metrics.snapshot();
    const handover = all.find(({ name }) => name === "handover_seconds") as DistributionSnapshot;
    assertEquals(handover.series[0].count, 1);
    // It lies between two moments of the outermost span.
    const outermost = trace?.stages.find(({ name }) => name === "candle")?.durationSeconds ?? 0;
    assertGreaterOrEqual(handover.series[0].sum, 0);
    assertLess(handover.series[0].sum, outermost);
  });
}

Deno.test("Trace joins an end whose start arrives later on another ring, and counts an end without a start", async () => {
  await using metrics = createMetrics({ traces: { startTimeout: "1s" } });
  await using thread = await Thread.start(metrics);
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const handover = metrics.timer("handover");
  // The main thread's ring is drained first, so that the end is known before the start.
  metrics.trace.run({ traceId, name: "order" }, () => handover.endInTrace());
  await metrics.flush();
  assertEquals((await metrics.listTraces()).counts.waiting, 1);
  await thread.run({ do: "trace", traceId, parentId: "00f067aa0ba902b7", name: "signal", half: "start" });
  await thread.run({ do: "flush" });
  assertEquals((await metrics.listTraces()).counts.waiting, 0);
  const { metrics: all } = await metrics.snapshot();
  const joined = all.find(({ name }) => name === "handover_seconds") as DistributionSnapshot;
  // It ended before it started, by clocks that are slightly apart: that counts as a duration of 0.
  assertEquals([joined.series[0].count, joined.series[0].sum], [1, 0]);
});

Deno.test("Metrics.traces reads from the aggregator, wherever it runs, and refuses wrong queries", async () => {
  for (const aggregation of ["worker", "inline"] as const) {
    await using metrics = createMetrics({ aggregation });
    assertEquals((await metrics.listTraces({ limit: 1 })).counts.traces, 0);
    assertEquals(await metrics.findTrace("4BF92F3577B34DA6A3CE929D0E0E4736"), undefined);
    await assertRejects(() => metrics.listTraces({ limit: 0 }), RangeError, "Cannot list traces: limit must be");
    await assertRejects(() => metrics.findTrace("5"), TypeError, "Cannot find a trace: traceId must be");
  }
});
