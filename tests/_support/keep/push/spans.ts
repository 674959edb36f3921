/**
 * Spans to export.
 *
 * @module
 */

import type { Span } from "../../../../src/model/spans.ts";

const FIRST_MS = 1_767_323_045_678;

/** A span with all members. */
export const WHOLE_SPAN: Span = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  parentId: "00f067aa0ba902b7",
  name: "order_execution",
  kind: "client",
  startMs: 1_767_323_045_678.25,
  durationSeconds: 0.0123,
  labels: { pair: "BTC-USD", side: "buy" },
  thread: "worker 1",
  tracestate: "foo=1,bar=2",
  isError: true,
};

/** A span that differs from others with another number in its ids, its name and its start. */
export function spanOf(number: number, parts: Partial<Span> = {}): Span {
  return {
    traceId: (number + 1).toString(16).padStart(32, "0"),
    spanId: (number + 1).toString(16).padStart(16, "0"),
    parentId: undefined,
    name: `span ${number}`,
    kind: "internal",
    startMs: FIRST_MS + number,
    durationSeconds: 0.001,
    labels: {},
    thread: "main",
    ...parts,
  };
}

/** Spans of the numbers from 0. */
export function spansOf(count: number): Span[] {
  return Array.from({ length: count }, (_, number) => spanOf(number));
}
