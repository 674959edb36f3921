import { assertEquals, assertStringIncludes } from "@std/assert";
import { seriesUsage } from "../../../src/health/checks/series_usage.ts";
import { inlineMetrics } from "../../../src/testing/mod.ts";
import { inputsWith } from "../../_support/health/checks/cases.ts";

const judge = (share: number, limits = seriesUsage.fallback) =>
  seriesUsage.judge(inputsWith({ selfMetric: () => share }), limits);

Deno.test("seriesUsage never fires by default", () => {
  assertEquals(judge(1), { status: "HEALTHY", value: 1 });
});

Deno.test("seriesUsage judges the share of seriesMax by the limits that are set", () => {
  const limits = { degraded: 0.8, unhealthy: 0.9, critical: 0.95 };
  assertEquals(judge(0.8, limits), { status: "HEALTHY", value: 0.8 });
  assertEquals(judge(0.85, limits), { status: "DEGRADED", value: 0.85, reason: "85 % of seriesMax is in use" });
  assertEquals([judge(0.91, limits).status, judge(1, limits).status], ["UNHEALTHY", "CRITICAL"]);
});

Deno.test("seriesUsage reads the series of the metrics, also where self-metrics are not exposed", async () => {
  for (const selfMetrics of [true, false]) {
    await using test = inlineMetrics({ seriesMax: 10, selfMetrics, health: { seriesUsage: { degraded: 0.9 } } });
    const jobs = test.metrics.counter("jobs", { labels: ["queue"] });
    const statuses: string[] = [];
    for (const [first, last] of [[0, 8], [9, 9], [10, 20]]) {
      for (let queue = first; queue <= last; queue++) jobs.with({ queue }).inc();
      await test.metrics.flush();
      const { status, reasons } = await test.metrics.health();
      statuses.push(status);
      if (status !== "HEALTHY") assertStringIncludes(reasons.join(), "100 % of seriesMax is in use");
    }
    assertEquals(statuses, ["HEALTHY", "DEGRADED", "DEGRADED"]);
  }
});
