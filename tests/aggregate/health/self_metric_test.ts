import { assertEquals } from "@std/assert";
import { selfMetric } from "../../../src/aggregate/health/self_metric.ts";
import type { SelfMeasured } from "../../../src/model/self_metrics.ts";

const PARTS: readonly SelfMeasured[] = [
  { selfMetrics: () => [] },
  { selfMetrics: (families) => [families.gauge("depth", "Depth", 0.5), families.counter("jobs_total", "Jobs", 7)] },
  { selfMetrics: (families) => [families.counters("lost_total", "Lost", "reason", { full: 2, failed: 3 })] },
];

Deno.test("selfMetric reads a gauge and a counter of any part", () => {
  assertEquals([selfMetric(PARTS, "depth"), selfMetric(PARTS, "jobs_total")], [0.5, 7]);
});

Deno.test("selfMetric sums a family with a label over its values", () => {
  assertEquals(selfMetric(PARTS, "lost_total"), 5);
});

Deno.test("selfMetric is undefined for a name that no part exposes", () => {
  assertEquals(selfMetric(PARTS, "depth_total"), undefined);
});
