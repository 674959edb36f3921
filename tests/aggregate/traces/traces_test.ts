import { assertEquals, assertThrows } from "@std/assert";
import { FakeClock } from "../../../src/testing/mod.ts";
import type { Span } from "../../../src/model/spans.ts";
import { TRACE_LIMITS } from "../../_support/aggregate/traces/trace_limits.ts";
import { Traces } from "../../../src/aggregate/traces/traces.ts";
import { selfValues } from "../../_support/model/self_values.ts";
import { childWith, spanWith, traceIdOf } from "../../_support/aggregate/traces/spans.ts";

function tracesEvery(drainIntervalMs: number): { traces: Traces; clock: FakeClock } {
  const clock = new FakeClock();
  return { clock, traces: new Traces(() => clock.now(), drainIntervalMs, TRACE_LIMITS) };
}

Deno.test("Traces.list has traces, lone halves, and totals", () => {
  const { traces, clock } = tracesEvery(100);
  traces.add(spanWith());
  traces.join.end(traceIdOf(2), "order", 1);
  clock.advance(2_000);
  traces.join.start(traceIdOf(2), "order", 1);
  traces.sweep(false);
  const { slowest, recent, unmatched, counts } = traces.list();
  assertEquals([slowest.length, recent.length, unmatched.length], [1, 1, 0]);
  assertEquals(counts, {
    spans: 1,
    droppedSpans: { trace_full: 0, memory: 0, invalid: 0, orphaned: 0 },
    traces: 1,
    evictedTraces: 0,
    waiting: 0,
    startsWithoutEnd: 0,
    endsWithoutStart: 0,
  });
  traces.join.end(traceIdOf(3), "order", 1);
  clock.advance(2_000);
  traces.sweep(false);
  assertEquals(traces.list().unmatched, [
    { traceId: traceIdOf(3), name: "order", missing: "start", waitedSeconds: 2 },
  ]);
});

Deno.test("Traces derive the time of day of all spans of a trace from one origin, although the wall clock jumps between", () => {
  const dayMs = Date.UTC(2026, 0, 2);
  let originMs = dayMs;
  const reported: Span[] = [];
  const traces = new Traces(() => 0, 100, TRACE_LIMITS, (span) => reported.push(span), () => originMs);
  const [id, later] = [traceIdOf(1), traceIdOf(2)];
  traces.add(childWith({ traceId: id, startMs: 1_000, durationSeconds: 1 }));
  originMs += 3_600_000;
  traces.add(spanWith({ traceId: id, startMs: 500, durationSeconds: 4 }));
  traces.add(spanWith({ traceId: later, startMs: 5_000, durationSeconds: 1 }));
  const trace = traces.find(id);
  assertEquals([trace?.startedAt, trace?.endToEndSeconds], ["2026-01-02T00:00:00.500Z", 4]);
  assertEquals(trace?.stages.map(({ startOffsetSeconds }) => startOffsetSeconds), [0, 0.5]);
  assertEquals(traces.find(later)?.startedAt, "2026-01-02T01:00:05.000Z");
  assertEquals(reported.map(({ startMs }) => startMs - dayMs), [1_000, 500, 3_605_000]);
});

Deno.test("Traces.sweep expires no half while undrained records may contain the other", () => {
  const { traces, clock } = tracesEvery(100);
  traces.join.end(traceIdOf(1), "order", 1);
  traces.add(childWith());
  clock.advance(100_000);
  traces.sweep(true);
  assertEquals([traces.counts.waiting, traces.list().slowest.length], [1, 1]);
  traces.sweep(false);
  assertEquals(traces.counts.endsWithoutStart, 1);
});

Deno.test("Traces lets an end wait for three drain intervals, if that is longer", () => {
  const { traces, clock } = tracesEvery(10_000);
  traces.join.end(traceIdOf(1), "order", 1);
  clock.advance(29_999);
  traces.sweep(false);
  assertEquals(traces.counts.waiting, 1);
  clock.advance(1);
  traces.sweep(false);
  assertEquals(traces.counts.waiting, 0);
});

Deno.test("Traces refuses invalid limits and ids", () => {
  const { traces } = tracesEvery(100);
  for (const limit of [0, 1_001, 1.5, NaN]) {
    const error = assertThrows(() => traces.list({ limit }), RangeError);
    assertEquals(error.message, `Cannot list traces: limit must be a whole number from 1 to 1000, got ${limit}`);
  }
  assertThrows(() => traces.list({ limit: "5" as unknown as number }), TypeError, 'got "5"');
  for (const id of ["", "0".repeat(32), "g".repeat(32), "1".repeat(31)]) {
    assertThrows(
      () => traces.find(id),
      TypeError,
      "Cannot find a trace: traceId must be 32 hexadecimal digits that are not all zero",
    );
  }
  traces.add(spanWith({ traceId: "a".repeat(32) }));
  assertEquals(traces.find("A".repeat(32))?.traceId, "a".repeat(32));
});

Deno.test("Traces exposes how many traces are kept, and how many were evicted", () => {
  const traces = new Traces(() => 0, 100, { ...TRACE_LIMITS, recentMax: 1, slowestMax: 1 });
  assertEquals(selfValues(traces), {});
  for (let i = 1; i <= 5; i++) traces.add(spanWith({ traceId: traceIdOf(i) }));
  const { hotpath_traces_kept: kept, hotpath_traces_evicted_total: evicted } = selfValues(traces);
  assertEquals([kept, evicted], [2, 3]);
});
