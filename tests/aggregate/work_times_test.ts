import { assertAlmostEquals, assertEquals } from "@std/assert";
import { WorkTimes } from "../../src/aggregate/work_times.ts";
import { selfValues } from "../_support/model/self_values.ts";

Deno.test("WorkTimes exposes durations as a histogram, and has their quantiles", () => {
  const times = new WorkTimes("hotpath_work_seconds", "Time of work");
  assertEquals([times.count, times.quantiles["0.99"]], [0, null]);
  for (let i = 0; i < 10; i++) times.record(0.002);
  assertEquals(times.count, 10);
  assertAlmostEquals(times.quantiles["0.99"] as number, 0.002, 0.002 * 0.006);
  const [{ name, unit, help, type }] = times.selfMetrics();
  assertEquals([name, unit, help, type], ["hotpath_work_seconds", "seconds", "Time of work", "histogram"]);
  assertEquals(selfValues(times), { hotpath_work_seconds: 10 });
});
