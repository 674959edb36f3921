import { assert, assertEquals, assertLess } from "@std/assert";
import { Trace } from "../../../src/aggregate/traces/trace.ts";
import { childWith, spanWith, traceIdOf } from "../../_support/aggregate/traces/spans.ts";

const START_MS = 1_700_000_000_000;

Deno.test("Trace lists the stages of one candle by their start, with their durations and the end-to-end latency", () => {
  const trace = new Trace(traceIdOf(7));
  // In the order in which they end, the order on another thread last.
  trace.add(childWith({ name: "signal", startMs: START_MS + 1, durationSeconds: 0.002 }), 256);
  trace.add(spanWith({ name: "candle", durationSeconds: 0.004 }), 256);
  trace.add(
    childWith({
      name: "order",
      spanId: "00000000000000aa",
      kind: "client",
      startMs: START_MS + 3.5,
      durationSeconds: 0.0105,
      labels: { pair: "BTC-USD" },
      thread: "venue",
      isError: true,
    }),
    256,
  );
  const root = "00f067aa0ba902b7";
  const summary = {
    traceId: traceIdOf(7),
    name: "candle",
    startedAt: "2023-11-14T22:13:20.000Z",
    endToEndSeconds: 0.014,
    spans: 3,
    droppedSpans: 0,
    threads: ["main", "venue"],
    isComplete: true,
  };
  const inside = { kind: "internal" as const, labels: {}, thread: "main", isError: false };
  assertEquals(trace.summary(), summary);
  assertEquals(trace.detail(), {
    ...summary,
    stages: [
      { ...inside, name: "candle", spanId: root, parentId: null, startOffsetSeconds: 0, durationSeconds: 0.004 },
      {
        ...inside,
        name: "signal",
        spanId: "b7ad6b7169203331",
        parentId: root,
        startOffsetSeconds: 0.001,
        durationSeconds: 0.002,
      },
      {
        name: "order",
        spanId: "00000000000000aa",
        parentId: root,
        startOffsetSeconds: 0.0035,
        durationSeconds: 0.0105,
        labels: { pair: "BTC-USD" },
        thread: "venue",
        kind: "client",
        isError: true,
      },
    ],
  });
});

Deno.test("Trace without a root has the name of its first and outermost span, and is not complete", () => {
  const trace = new Trace(traceIdOf(1));
  trace.add(childWith({ name: "inner", durationSeconds: 1 }), 256);
  trace.add(childWith({ name: "outer", durationSeconds: 2 }), 256);
  trace.add(childWith({ name: "later", startMs: START_MS + 1, durationSeconds: 3 }), 256);
  const { name, isComplete, stages } = trace.detail();
  assertEquals([name, isComplete, trace.hasRoot], ["outer", false, false]);
  assertEquals(stages.map(({ name }) => name), ["outer", "inner", "later"]);
});

Deno.test("Trace counts the spans that find no place, still reaches to their end, and has a place for its root", () => {
  const trace = new Trace(traceIdOf(1));
  const kept = ["a", "b", "c", "d"].map((name, i) =>
    trace.add(childWith({ name, startMs: START_MS + i, durationSeconds: 10 }), 3)
  );
  assertEquals(kept, [true, true, true, false]);
  assertEquals(trace.endToEndSeconds, 10.003);
  const { bytes } = trace;
  assertEquals(trace.add(spanWith({ name: "r", durationSeconds: 11 }), 3), false);
  assert(trace.hasRoot);
  assertEquals(trace.add(spanWith({ name: "r2", durationSeconds: 12 }), 3), false);
  // A root of the same length of name and thread as the span that it takes the place of.
  assertEquals(trace.bytes, bytes);
  const { name, spans, droppedSpans, endToEndSeconds, isComplete, stages } = trace.detail();
  assertEquals([name, spans, droppedSpans, endToEndSeconds, isComplete], ["r", 3, 3, 12, false]);
  assertEquals(stages.map(({ name }) => name), ["r", "a", "b"]);
});

Deno.test("Trace.bytes grows with each text of a span", () => {
  const sizes = [
    childWith({ name: "" }),
    childWith({ name: "n".repeat(10) }),
    childWith({ name: "n".repeat(10), thread: `main${"t".repeat(10)}` }),
    childWith({ name: "n".repeat(10), thread: `main${"t".repeat(10)}`, labels: { l: "v".repeat(9) } }),
    childWith({
      name: "n".repeat(10),
      thread: `main${"t".repeat(10)}`,
      labels: { l: "v".repeat(9) },
      tracestate: "s".repeat(10),
    }),
  ].map((span) => {
    const trace = new Trace(traceIdOf(1));
    const { bytes } = trace;
    trace.add(span, 1);
    return trace.bytes - bytes;
  });
  assertEquals(sizes.slice(1).map((size, i) => size - sizes[i]), [20, 20, 20, 20]);
  assertLess(0, sizes[0]);
});
