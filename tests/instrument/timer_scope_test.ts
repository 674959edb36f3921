import { assertEquals, assertThrows } from "@std/assert";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { distributionOf } from "../_support/snapshots.ts";

Deno.test("Timer.span times its scope", async () => {
  await using test = inlineMetrics();
  const timer = test.metrics.timer("job");
  {
    using _span = timer.span();
    test.clock.advance(4);
  }
  test.clock.advance(100);
  const { count, sum } = distributionOf(await test.metrics.snapshot(), "job_seconds");
  assertEquals([count, sum], [1, 0.004]);
});

Deno.test("Timer.span times a scope that throws", async () => {
  await using test = inlineMetrics();
  const timer = test.metrics.timer("job");
  assertThrows(
    () => {
      using _span = timer.span();
      test.clock.advance(4);
      throw new Error("no liquidity");
    },
    Error,
    "no liquidity",
  );
  assertEquals(distributionOf(await test.metrics.snapshot(), "job_seconds").sum, 0.004);
});

Deno.test("TimerScope.end ends the timing early, and nothing ends it twice", async () => {
  await using test = inlineMetrics();
  const timer = test.metrics.timer("job");
  {
    using span = timer.span();
    test.clock.advance(1);
    span.end();
    test.clock.advance(10);
    span.end();
  }
  const span = timer.span();
  test.clock.advance(2);
  span[Symbol.dispose]();
  test.clock.advance(10);
  span[Symbol.dispose]();
  span.end();
  const { count, min, max } = distributionOf(await test.metrics.snapshot(), "job_seconds");
  assertEquals([count, min, max], [2, 0.001, 0.002]);
});

Deno.test("spans of one timer nest and overlap", async () => {
  await using test = inlineMetrics();
  const timer = test.metrics.timer("job", { buckets: [0.003, 0.008, 0.02] });
  {
    using _outer = timer.span();
    test.clock.advance(5);
    {
      using _inner = timer.span();
      test.clock.advance(2);
    }
    test.clock.advance(3);
  }
  const { count, min, max, bucketCounts } = distributionOf(await test.metrics.snapshot(), "job_seconds");
  assertEquals([count, min, max, bucketCounts], [2, 0.002, 0.01, [1, 1, 2]]);
});
