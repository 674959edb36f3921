/**
 * Spans for tests.
 *
 * @module
 */

import type { Span } from "../../../../src/model/spans.ts";

/** The id of a trace. */
export function traceIdOf(number: number): string {
  return number.toString(16).padStart(32, "0");
}

/** A root span of 1 s on the main thread, with what the test changes. */
export function spanWith(changes: Partial<Span> = {}): Span {
  return {
    traceId: traceIdOf(1),
    spanId: "00f067aa0ba902b7",
    parentId: undefined,
    name: "candle",
    kind: "internal",
    startMs: 1_700_000_000_000,
    durationSeconds: 1,
    labels: {},
    thread: "main",
    ...changes,
  };
}

/** A span within another. */
export function childWith(changes: Partial<Span> = {}): Span {
  return spanWith({ spanId: "b7ad6b7169203331", parentId: "00f067aa0ba902b7", name: "signal", ...changes });
}
