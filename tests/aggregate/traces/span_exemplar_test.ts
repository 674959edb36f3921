import { assertEquals, assertLessOrEqual } from "@std/assert";
import { spanExemplar } from "../../../src/aggregate/traces/span_exemplar.ts";
import { spanWith, traceIdOf } from "../../_support/aggregate/traces/spans.ts";

Deno.test("spanExemplar leads to the span, as of its end, and is short enough for every format", () => {
  const exemplar = spanExemplar(spanWith({ startMs: 1_000.5, durationSeconds: 0.25 }));
  assertEquals(exemplar, {
    labels: { trace_id: traceIdOf(1), span_id: "00f067aa0ba902b7" },
    value: 0.25,
    timestampMs: 1_250.5,
  });
  assertLessOrEqual(Object.entries(exemplar.labels).flat().join("").length, 128);
});
