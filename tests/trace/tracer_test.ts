import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { createMetrics, type Metrics, type MetricsOptions, noopMetrics, type TraceStage } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { distributionOf } from "../_support/snapshots.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT = "00f067aa0ba902b7";

async function stagesOf(metrics: Metrics, traceId: string): Promise<readonly TraceStage[]> {
  return (await metrics.findTrace(traceId))?.stages ?? [];
}

const namesOf = (stages: readonly TraceStage[]) => stages.map(({ name }) => name);

for (const aggregation of ["inline", "worker"] satisfies MetricsOptions["aggregation"][]) {
  Deno.test(`Tracer.run joins timings inside of it, across awaits, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    // Made before the first run, and after it.
    const signal = metrics.timer("signal_generation");
    const traceId = await metrics.trace.run({ name: "candle" }, async ({ traceId }) => {
      signal.end(signal.start());
      await Promise.resolve();
      const execution = metrics.timer("order_execution", { labels: ["pair"] }).with({ pair: "BTC-USD" });
      await execution.wrap(() => Promise.resolve())();
      execution.observe(0.25);
      return traceId;
    });
    signal.end(signal.start());

    const stages = await stagesOf(metrics, traceId);
    assertEquals(namesOf(stages).toSorted(), ["candle", "order_execution", "order_execution", "signal_generation"]);
    const root = stages.find(({ name }) => name === "candle");
    for (const stage of stages) assertEquals(stage.parentId, stage === root ? null : root?.spanId);
    assertEquals(new Set(stages.map(({ spanId }) => spanId)).size, 4);
    assertEquals(stages.find(({ durationSeconds }) => durationSeconds === 0.25)?.labels, { pair: "BTC-USD" });

    const counts = (await metrics.snapshot()).metrics.map(({ name, series: [timings] }) => [
      name,
      "count" in timings && timings.count,
    ]);
    assertEquals(counts, [["signal_generation_seconds", 2], ["trace_duration_seconds", 1], [
      "order_execution_seconds",
      2,
    ]]);
  });
}

Deno.test("Tracer.run inside of another is a part of it, and may run concurrently", async () => {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  const timer = metrics.timer("step");
  const time = (ms: number) => {
    const start = timer.start();
    clock.advance(ms);
    timer.end(start);
  };
  let traceId = "";
  metrics.trace.run({ name: "outer" }, (context) => {
    traceId = context.traceId;
    time(1);
    metrics.trace.run({ name: "inner" }, (inner) => {
      assertEquals([inner.traceId, inner.parentId], [context.traceId, context.spanId]);
      assertEquals(metrics.trace.current?.spanId, inner.spanId);
      time(2);
      clock.advance(1);
    });
    assertEquals(metrics.trace.current?.spanId, context.spanId);
    time(3);
  });
  assertEquals(metrics.trace.current, undefined);
  const stages = await stagesOf(metrics, traceId);
  const [outer, , inner] = stages;
  assertEquals(
    stages.map(({ name, startOffsetSeconds, durationSeconds, parentId }) => [
      name,
      Math.round(startOffsetSeconds * 1e3),
      Math.round(durationSeconds * 1e3),
      parentId,
    ]),
    [
      ["outer", 0, 7, null],
      ["step", 0, 1, outer.spanId],
      ["inner", 1, 3, outer.spanId],
      ["step", 1, 2, inner.spanId],
      ["step", 4, 3, outer.spanId],
    ],
  );
});

Deno.test("Tracer.run continues a remote trace", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const context = metrics.trace.run(
    { traceId: TRACE.toUpperCase(), parentId: PARENT, tracestate: "vendor=1" },
    (context) => context,
  );
  assertEquals([context.traceId, context.parentId, context.tracestate], [TRACE, PARENT, "vendor=1"]);
  assertMatch(context.spanId, /^[0-9a-f]{16}$/);
  const [stage] = await stagesOf(metrics, TRACE);
  assertEquals([stage.name, stage.spanId, stage.parentId], ["run", context.spanId, PARENT]);
});

Deno.test("Tracer.run assigns each new trace another id", () => {
  const ids = new Set<string>();
  using metrics = disposable(createMetrics({ aggregation: "inline" }));
  for (let i = 0; i < 1_000; i++) metrics.value.trace.run({}, ({ traceId }) => void ids.add(traceId));
  assertEquals(ids.size, 1_000);
  for (const id of ids) assertMatch(id, /^[0-9a-f]{32}$/);
});

Deno.test("Tracer.run rethrows an exception, and marks its span as failed", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const wrong = new Error("rejected by the venue");
  const thrown = assertThrows(() =>
    metrics.trace.run({ traceId: TRACE, name: "thrown" }, () => {
      throw wrong;
    })
  );
  assert(thrown === wrong);
  const rejected = await assertRejects(() =>
    metrics.trace.run({ traceId: TRACE, name: "rejected" }, () => Promise.reject(wrong))
  );
  assert(rejected === wrong);
  metrics.trace.run({ traceId: TRACE, name: "well" }, () => {});
  const failed = (await stagesOf(metrics, TRACE)).map(({ name, isError }) => [name, isError]);
  assertEquals(Object.fromEntries(failed), { thrown: true, rejected: true, well: false });
});

Deno.test("Tracer.run does not record a trace that is not sampled, but propagates its ids", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const timer = metrics.timer("step");
  metrics.trace.run({ traceId: TRACE, parentId: PARENT, isSampled: false }, (context) => {
    assertEquals([context.traceId, context.isSampled], [TRACE, false]);
    assertNotEquals(context.spanId, PARENT);
    timer.end(timer.start());
    metrics.trace.run({}, (inner) => assertEquals([inner.traceId, inner.isSampled], [TRACE, false]));
  });
  assertEquals(await metrics.findTrace(TRACE), undefined);
  const [{ series: [timings] }] = (await metrics.snapshot()).metrics;
  assertEquals("count" in timings && timings.count, 1);
});

Deno.test("traces.rate is the share of new traces that are recorded; others decide themselves", async () => {
  await using metrics = createMetrics({ aggregation: "inline", traces: { rate: 0.25 } });
  let sampled = 0;
  for (let i = 0; i < 2_000; i++) metrics.trace.run({}, ({ isSampled }) => void (sampled += isSampled ? 1 : 0));
  // Six standard deviations about a quarter.
  assert(sampled > 384 && sampled < 616, `${sampled} of 2,000`);
  metrics.trace.run({ traceId: TRACE, isSampled: true }, ({ isSampled }) => assert(isSampled));
});

Deno.test("traces: false traces nothing, and disabled metrics record nothing", async () => {
  await using none = createMetrics({ aggregation: "inline", traces: false });
  assertEquals(none.trace.run({ traceId: TRACE }, () => none.trace.current), undefined);
  assertEquals((await none.listTraces()).counts.spans, 0);
  await using off = createMetrics({ aggregation: "inline", enabled: false });
  off.trace.run({ traceId: TRACE }, ({ traceId, isSampled }) => assertEquals([traceId, isSampled], [TRACE, false]));
  off.enabled = true;
  assertEquals(await off.findTrace(TRACE), undefined);
  assertEquals((await off.snapshot()).meta.recorded, 0);
});

Deno.test("Tracer.isAutomatic is true if traces were passed", () => {
  for (const [traces, isAutomatic] of [[undefined, false], [false, false], [true, true], [{}, true]] as const) {
    using metrics = disposable(createMetrics({ aggregation: "inline", traces }));
    assertEquals(metrics.value.trace.isAutomatic, isAutomatic);
  }
  assertEquals(noopMetrics.trace.isAutomatic, false);
});

Deno.test("Tracer.open and Timer.endSpan are the two halves of a run", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const requests = metrics.timer("http_server_request_duration", { labels: ["method", "route", "status"] });
  const start = requests.with({ method: "GET", route: "/users/:id", status: "200" }).start();
  const context = metrics.trace.open({ traceId: TRACE });
  const inner = metrics.timer("query");
  metrics.trace.within(context, () => inner.end(inner.start()));
  requests.with({ method: "GET", route: "/users/:id", status: "500" }).endSpan(start, context, true);
  const stages = await stagesOf(metrics, TRACE);
  const recorded = stages.map(({ name, kind, isError, spanId, parentId }) => [name, kind, isError, spanId, parentId]);
  assertEquals(recorded.toSorted(), [
    ["GET /users/:id", "server", true, context.spanId, null],
    ["query", "internal", false, stages.find(({ name }) => name === "query")?.spanId, context.spanId],
  ]);
});

Deno.test("startInTrace and endInTrace outside of a trace are counted", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const timer = metrics.timer("handover");
  timer.startInTrace();
  metrics.trace.run({}, () => {});
  timer.endInTrace();
  assertEquals((await metrics.performance()).rejected.outside_trace, 2);
});

Deno.test("Tracer.run refuses what is no trace", () => {
  using metrics = disposable(createMetrics({ aggregation: "inline" }));
  const run = (options: object) => () => metrics.value.trace.run(options, () => {});
  const digits = (count: number) => `must be ${count} hexadecimal digits, not all zero`;
  assertThrows(run({ traceId: "12" }), RangeError, `traceId ${digits(32)}, got "12"`);
  assertThrows(run({ traceId: "0".repeat(32) }), RangeError, `traceId ${digits(32)}`);
  assertThrows(run({ traceId: TRACE, parentId: "x".repeat(16) }), RangeError, `parentId ${digits(16)}`);
  assertThrows(run({ parentId: PARENT }), RangeError, "parentId must come with a traceId");
  assertThrows(run({ traceId: 1 }), TypeError, "traceId must be a string, got 1");
  assertThrows(run({ name: 1 }), TypeError, "name must be a string, got 1");
  assertThrows(run({ isSampled: "yes" }), TypeError, 'isSampled must be true or false, got "yes"');
  assertThrows(run({ tracestate: 1 }), TypeError, "tracestate must be a string, got 1");
  for (const tracestate of ["vendor=\ud800", "vendor=é", "a=1\r\nset-cookie: b=1", "\0"]) {
    assertThrows(run({ tracestate }), RangeError, "tracestate must be printable ASCII, as a header is, got");
  }
  assertThrows(run(null as unknown as object), TypeError, "options must be an object, got null");
  assertThrows(
    () => metrics.value.trace.run({ name: "job" }, undefined as never),
    TypeError,
    "Cannot run in a trace: operation must be a function, got undefined",
  );
  assertThrows(
    () => metrics.value.trace.within({} as never, () => {}),
    TypeError,
    "context must come from open()",
  );
});

Deno.test("Tracer.run has room for its timer, however many instruments there are", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  for (let i = 0; i < 10_000; i++) metrics.gauge(`gauge_${i}`, { labels: ["of"] });
  assertThrows(() => metrics.gauge("one_more"), RangeError, "the number of instruments");
  assertEquals(metrics.trace.run({ name: "job" }, () => "done"), "done");
  assertEquals(distributionOf(await metrics.snapshot(), "trace_duration_seconds", { trace: "job" }).count, 1);
});

Deno.test("Tracer.run creates its timer again when the program has removed it", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  metrics.trace.run({ name: "job" }, () => {});
  assertEquals(metrics.remove("trace_duration"), true);
  for (let i = 0; i < 3; i++) metrics.trace.run({ name: "job" }, () => {});
  assertEquals(distributionOf(await metrics.snapshot(), "trace_duration_seconds", { trace: "job" }).count, 3);
});

Deno.test("noopMetrics.trace calls the operation", () => {
  assertEquals(noopMetrics.trace.run({}, ({ isSampled }) => isSampled), false);
  assertEquals(noopMetrics.trace.within(noopMetrics.trace.open({}), () => 7), 7);
});

/** Inline metrics need no closing but for the sake of timers. */
function disposable(metrics: Metrics): Disposable & { readonly value: Metrics } {
  return { value: metrics, [Symbol.dispose]: () => void metrics.close() };
}

Deno.test("Tracer opens nothing while recording is disabled, unless there is a trace to propagate", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  metrics.enabled = false;
  const ids: (string | undefined)[] = [];
  metrics.trace.run({ name: "candle" }, (context) => ids.push(context.traceId, metrics.trace.current?.traceId));
  assertEquals(ids, ["0".repeat(32), undefined]);
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  const seen = metrics.trace.run({ name: "candle", traceId }, () => metrics.trace.current);
  assertEquals([seen?.traceId, seen?.isSampled], [traceId, false]);
  assertEquals((await metrics.snapshot()).meta.recorded, 0);
  metrics.enabled = true;
  assertEquals(metrics.trace.run({ name: "candle" }, (context) => context.isSampled), true);
});

Deno.test("traces become fewer with the sampling rate; their runs are counted, and complete where they are recorded", async () => {
  await using metrics = createMetrics({ aggregation: "inline", sampling: { rate: 0.1, seed: 5 } });
  const runs = 2_000;
  let traced = 0;
  for (let i = 0; i < runs; i++) metrics.trace.run({ name: "candle" }, ({ isSampled }) => traced += Number(isSampled));
  assert(traced > 100 && traced < 300, `${traced}`);
  const { count } = distributionOf(await metrics.snapshot(), "trace_duration_seconds", { trace: "candle" });
  assertEquals(count, runs);
  const { counts } = await metrics.listTraces();
  assertEquals(counts.spans, traced);
});

Deno.test("Tracer.run returns unchanged what it does not wait for: a lazy query, a shared promise, a generator", async () => {
  await using test = inlineMetrics();
  let runs = 0;
  const lazy = { then: () => void runs++ };
  const shared = Promise.resolve("shared");
  const generator = (function* () {})();
  for (const value of [lazy, shared, generator, { then: "a field" }, undefined]) {
    assert(test.metrics.trace.run({ name: "query" }, () => value) === value);
  }
  assertEquals([runs, await shared], [0, "shared"]);
  const { count } = distributionOf(await test.metrics.snapshot(), "trace_duration_seconds", { trace: "query" });
  assertEquals(count, 5);
});
