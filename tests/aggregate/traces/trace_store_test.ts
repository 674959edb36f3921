import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import type { TraceSummary } from "../../../src/model/spans.ts";
import type { TraceLimits } from "../../../src/model/trace_limits.ts";
import { TraceStore } from "../../../src/aggregate/traces/trace_store.ts";
import { FakeClock } from "../../../src/testing/mod.ts";
import { childWith, spanWith, traceIdOf } from "../../_support/aggregate/traces/spans.ts";
import { TRACE_LIMITS } from "../../_support/aggregate/traces/trace_limits.ts";

function storeWith(limits: Partial<TraceLimits> = {}): { store: TraceStore; clock: FakeClock } {
  const clock = new FakeClock();
  return { clock, store: new TraceStore({ ...TRACE_LIMITS, ...limits }, () => clock.now()) };
}

function numbersOf(traces: readonly TraceSummary[]): number[] {
  return traces.map(({ traceId }) => Number.parseInt(traceId, 16));
}

/** A trace of one span. */
function addTrace(store: TraceStore, number: number, durationSeconds: number): void {
  store.add(spanWith({ traceId: traceIdOf(number), durationSeconds }));
}

Deno.test("TraceStore.list returns the slowest first and the latest first, up to the limit", () => {
  const { store } = storeWith();
  for (const [i, seconds] of [3, 1, 2].entries()) addTrace(store, i + 1, seconds);
  const { slowest, recent } = store.list();
  assertEquals([numbersOf(slowest), numbersOf(recent)], [[1, 3, 2], [3, 2, 1]]);
  const limited = store.list({ limit: 2 });
  assertEquals([numbersOf(limited.slowest), numbersOf(limited.recent)], [[1, 3], [3, 2]]);
  // Another span makes it the latest.
  store.add(childWith({ traceId: traceIdOf(1) }));
  assertEquals(numbersOf(store.list().recent), [1, 3, 2]);
  assertEquals(store.get(traceIdOf(1))?.stages.length, 2);
  assertEquals(store.get(traceIdOf(4)), undefined);
});

Deno.test("TraceStore forgets the traces that were touched least recently, but keeps the slowest of them", () => {
  const { store } = storeWith({ recentMax: 2, slowestMax: 2 });
  for (const [i, seconds] of [5, 1, 9, 7, 2, 3].entries()) addTrace(store, i + 1, seconds);
  const { slowest, recent } = store.list();
  assertEquals([numbersOf(slowest), numbersOf(recent)], [[3, 4], [6, 5]]);
  assertEquals([1, 2, 3, 4, 5, 6].filter((number) => store.get(traceIdOf(number)) !== undefined), [3, 4, 5, 6]);
  assertEquals(store.counts, {
    spans: 6,
    droppedSpans: { trace_full: 0, memory: 0, invalid: 0, orphaned: 0 },
    traces: 4,
    evictedTraces: 2,
  });
});

Deno.test("TraceStore takes a trace that gets one more span from the slowest back to the recent ones", () => {
  const { store } = storeWith({ recentMax: 2, slowestMax: 1 });
  for (const [i, seconds] of [9, 1, 1].entries()) addTrace(store, i + 1, seconds);
  assertEquals(numbersOf(store.list().recent), [3, 2]);
  store.add(childWith({ traceId: traceIdOf(1), durationSeconds: 20 }));
  const { slowest, recent } = store.list();
  assertEquals([numbersOf(slowest), numbersOf(recent)], [[1], [1, 3]]);
  assertEquals([slowest[0].endToEndSeconds, slowest[0].spans], [20, 2]);
});

Deno.test("TraceStore lists a trace as slow once its root has come, or nothing has for idleMs", () => {
  const { store, clock } = storeWith();
  const isSlow = () => store.list().slowest.length === 1;
  store.add(childWith());
  clock.advance(9_999);
  store.sweep();
  assert(!isSlow());
  store.add(childWith());
  clock.advance(9_999);
  store.sweep();
  assert(!isSlow());
  clock.advance(1);
  store.sweep();
  assert(isSlow());
  store.add(childWith({ traceId: traceIdOf(2), durationSeconds: 30 }));
  assertEquals(numbersOf(store.list().slowest), [1]);
  store.add(spanWith({ traceId: traceIdOf(2), durationSeconds: 30 }));
  assertEquals(numbersOf(store.list().slowest), [2, 1]);
});

Deno.test("TraceStore keeps an open trace together while many others start and end", () => {
  const { store } = storeWith({ recentMax: 10, slowestMax: 5 });
  store.add(childWith({ traceId: traceIdOf(1), durationSeconds: 1 }));
  for (let i = 2; i < 100; i++) addTrace(store, i, 0.001);
  store.add(spanWith({ traceId: traceIdOf(1), durationSeconds: 2 }));
  assertEquals(store.get(traceIdOf(1))?.stages.length, 2);
  assertEquals(numbersOf(store.list().slowest)[0], 1);
});

Deno.test("TraceStore leaves half of the places to finished traces, however many never finish", () => {
  const { store } = storeWith({ recentMax: 10, slowestMax: 0 });
  for (let i = 1; i <= 5; i++) addTrace(store, i, 1);
  for (let i = 6; i <= 100; i++) store.add(childWith({ traceId: traceIdOf(i) }));
  assertEquals(numbersOf(store.list().recent), [100, 99, 98, 97, 96, 5, 4, 3, 2, 1]);
  assertEquals(store.list().slowest, []);
});

Deno.test("TraceStore counts spans that a trace has no room for and spans with invalid times", () => {
  const { store } = storeWith({ spansMax: 2 });
  for (let i = 0; i < 5; i++) store.add(childWith());
  for (
    const wrong of [
      { durationSeconds: -1 },
      { durationSeconds: NaN },
      { durationSeconds: Infinity },
      { durationSeconds: 1e300 },
      { startMs: NaN },
      { startMs: 1e16 },
    ]
  ) store.add(spanWith({ traceId: traceIdOf(2), ...wrong }));
  assertEquals(store.counts, {
    spans: 11,
    droppedSpans: { trace_full: 3, memory: 0, invalid: 6, orphaned: 0 },
    traces: 1,
    evictedTraces: 0,
  });
  assertEquals(store.list().recent[0].droppedSpans, 3);
});

Deno.test("TraceStore stays within its bytes, and counts what it forgets for them", () => {
  const { store } = storeWith({ bytesMax: 2 ** 20, slowestMax: 10 });
  for (let i = 1; i <= 1_000; i++) {
    const labels = { note: "x".repeat(1_000 + i % 7 * 500) };
    for (let j = 0; j < 10; j++) store.add(childWith({ traceId: traceIdOf(i), durationSeconds: i % 50, labels }));
    store.add(spanWith({ traceId: traceIdOf(i), durationSeconds: i % 50, labels }));
    assertLessOrEqual(store.bytes, 2 ** 20);
  }
  const { spans, droppedSpans, traces, evictedTraces } = store.counts;
  assertEquals([spans, droppedSpans.trace_full, traces + evictedTraces], [11_000, 0, 1_000]);
  assertEquals(droppedSpans.memory, evictedTraces * 11);
  // The slowest outlive the others.
  assertEquals(store.list().slowest[0].endToEndSeconds, 49);
  assertEquals(numbersOf(store.list({ limit: 1 }).recent), [1_000]);
});

Deno.test("TraceStore forgets even the only trace if that is too large", () => {
  const { store } = storeWith({ bytesMax: 10_000 });
  store.add(spanWith({ name: "n".repeat(10_000) }));
  assertEquals([store.bytes, store.counts.traces, store.counts.droppedSpans.memory], [0, 0, 1]);
});

const step = fc.record({
  trace: fc.integer({ min: 1, max: 12 }),
  isRoot: fc.boolean(),
  seconds: fc.nat(9),
  waitMs: fc.constantFrom(0, 0, 1_000, 20_000),
});

Deno.test("TraceStore keeps every span of the traces that it keeps, within its bounds, whatever spans it gets", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120, size: "max" }), fc.nat(3), (steps, slowestMax) => {
      const { store, clock } = storeWith({ recentMax: 4, slowestMax, spansMax: 5, bytesMax: 20_000 });
      const cameByTrace = new Map<string, number>();
      for (const { trace, isRoot, seconds, waitMs } of steps) {
        const traceId = traceIdOf(trace);
        if (store.get(traceId) === undefined) cameByTrace.set(traceId, 0);
        store.add((isRoot ? spanWith : childWith)({ traceId, durationSeconds: seconds }));
        cameByTrace.set(traceId, (cameByTrace.get(traceId) ?? 0) + 1);
        clock.advance(waitMs);
        store.sweep();
        const { recent, slowest } = store.list();
        const kept = [...cameByTrace.keys()].map((id) => store.get(id)).filter((each) => each !== undefined);
        for (const { traceId, spans, droppedSpans } of kept) {
          assertEquals(spans + droppedSpans, cameByTrace.get(traceId));
          assertLessOrEqual(spans, 5);
        }
        assertEquals(store.counts.traces, kept.length);
        assertLessOrEqual(recent.length, 4);
        assertLessOrEqual(slowest.length, slowestMax);
        assertLessOrEqual(kept.length, 4 + slowestMax);
        assertLessOrEqual(store.bytes, 20_000);
        const durations = slowest.map(({ endToEndSeconds }) => endToEndSeconds);
        assertEquals(durations, durations.toSorted((a, b) => b - a));
        assertEquals(recent[0].traceId, traceId);
      }
    }),
    { seed: 17, numRuns: 200 },
  );
});
