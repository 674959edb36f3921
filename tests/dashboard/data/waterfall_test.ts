import { assertEquals } from "@std/assert";
import { barsOf } from "../../../src/dashboard/data/waterfall.ts";
import type { TraceDetail } from "../../../src/model/spans.ts";

Deno.test("barsOf nests stages, and stays within the trace whatever their times", () => {
  const stage = (spanId: string, parentId: string | null, startOffsetSeconds: number, durationSeconds: number) => {
    const rest = { name: spanId, labels: {}, thread: "main", kind: "internal", isError: false } as const;
    return { spanId, parentId, startOffsetSeconds, durationSeconds, ...rest };
  };
  const stages = [
    stage("a", null, 0, 2),
    stage("b", "a", 0.5, 1),
    stage("c", "b", 0.5, 9),
    stage("d", "gone", -1, 1),
    stage("e", "f", 0, 0),
    stage("f", "e", 0, 0),
  ];
  const bars = barsOf({ stages, endToEndSeconds: 2 } as unknown as TraceDetail);
  assertEquals(bars.map(({ depth, start, length }) => [depth, start, length]), [
    [0, 0, 1],
    [1, 0.25, 0.5],
    [2, 0.25, 1],
    [0, 0, 0.5],
    [1, 0, 0],
    [1, 0, 0],
  ]);
});
