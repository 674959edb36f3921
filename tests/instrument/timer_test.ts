import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Producer } from "../../src/ring/producer.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { distributionOf } from "../_support/snapshots.ts";

/** Sees every value that is written to a ring. */
function spyOnPush(): Disposable & { readonly values: number[] } {
  const { pushWeighted } = Producer.prototype;
  const values: number[] = [];
  // With a clock of the test, records carry their own times, and so are not plain ones.
  Producer.prototype.pushWeighted = function (value, ...rest) {
    values.push(value);
    pushWeighted.call(this, value, ...rest);
  };
  return { values, [Symbol.dispose]: () => void (Producer.prototype.pushWeighted = pushWeighted) };
}

Deno.test("Timer.start and end record the time between them, in seconds", async () => {
  await using test = inlineMetrics();
  const execution = test.metrics.timer("order_execution");
  const start = execution.start();
  test.clock.advance(5);
  execution.end(start);
  const { count, sum, min, max } = distributionOf(await test.metrics.snapshot(), "order_execution_seconds");
  assertEquals([count, sum, min, max], [1, 0.005, 0.005, 0.005]);
});

Deno.test("Timer keeps 1,000 overlapping timings apart, each with its own duration", async () => {
  const durationsMs = Array.from({ length: 1_000 }, (_, i) => i + 1);
  await using test = inlineMetrics();
  using written = spyOnPush();
  const buckets = Array.from({ length: 256 }, (_, i) => (i + 0.5) * 4 / 1_000);
  const execution = test.metrics.timer("order_execution", { buckets });
  // All are open at once; each ends when its duration is over, in an order unlike that of the starts.
  const shuffled = durationsMs.map((duration, i) => ({ duration, key: Math.imul(i + 1, 0x9e3779b1) >>> 0 }))
    .toSorted((a, b) => a.key - b.key).map(({ duration }) => duration);
  const open = new Map(shuffled.map((duration) => [duration, execution.start()]));
  for (const duration of durationsMs) {
    test.clock.advance(1);
    execution.end(open.get(duration) as number);
  }
  const { count, sum, min, max, bucketCounts } = distributionOf(
    await test.metrics.snapshot(),
    "order_execution_seconds",
  );
  assertEquals(written.values, durationsMs.map((ms) => ms / 1_000));
  assertEquals([count, min, max], [1_000, 0.001, 1]);
  assertAlmostEquals(sum, 500.5, 1e-9);
  assertEquals(bucketCounts, buckets.map((bound) => durationsMs.filter((ms) => ms / 1_000 <= bound).length));
});

Deno.test("Timer timings that start and end in any order are each recorded right", async () => {
  const intervals = fc.array(fc.record({ startMs: fc.nat(1_000), lengthMs: fc.nat(1_000) }), {
    maxLength: 60,
    size: "max",
  });
  await fc.assert(
    fc.asyncProperty(intervals, async (intervals) => {
      await using test = inlineMetrics();
      const buckets = [0.1, 0.25, 0.5, 0.75];
      const timer = test.metrics.timer("job", { buckets });
      const events = intervals.flatMap(({ startMs, lengthMs }, id) => [
        { atMs: startMs, id, isStart: true },
        { atMs: startMs + lengthMs, id, isStart: false },
      ]).toSorted((a, b) => a.atMs - b.atMs || Number(b.isStart) - Number(a.isStart));
      const starts: number[] = [];
      for (const { atMs, id, isStart } of events) {
        test.clock.advance(atMs - test.clock.now());
        if (isStart) starts[id] = timer.start();
        else timer.end(starts[id]);
      }
      const { count, sum, bucketCounts } = distributionOf(await test.metrics.snapshot(), "job_seconds");
      const seconds = intervals.map(({ lengthMs }) => lengthMs / 1_000);
      assertEquals(count, seconds.length);
      assertAlmostEquals(sum, seconds.reduce((a, b) => a + b, 0), 1e-9);
      assertEquals(bucketCounts, buckets.map((bound) => seconds.filter((each) => each <= bound).length));
    }),
    { seed: 4, numRuns: 50 },
  );
});

Deno.test("Timer.end may be called again with the same token: that is another timing", async () => {
  await using test = inlineMetrics();
  const timer = test.metrics.timer("job");
  const start = timer.start();
  test.clock.advance(1);
  timer.end(start);
  test.clock.advance(1);
  timer.end(start);
  const { count, min, max } = distributionOf(await test.metrics.snapshot(), "job_seconds");
  assertEquals([count, min, max], [2, 0.001, 0.002]);
});

Deno.test("Timer.end takes a timing of no time at all", async () => {
  await using test = inlineMetrics();
  const timer = test.metrics.timer("job");
  timer.end(timer.start());
  const { count, sum } = distributionOf(await test.metrics.snapshot(), "job_seconds");
  assertEquals([count, sum], [1, 0]);
});

Deno.test("Timer.observe records seconds that were measured elsewhere", async () => {
  await using test = inlineMetrics();
  const timer = test.metrics.timer("job");
  timer.observe(0.25);
  timer.observe(0);
  const { count, sum } = distributionOf(await test.metrics.snapshot(), "job_seconds");
  assertEquals([count, sum], [2, 0.25]);
});

Deno.test("Timer counts what it refuses by reason, and keeps it out of everything", async () => {
  await using test = inlineMetrics();
  test.clock.advance(10);
  const timer = test.metrics.timer("job");
  for (const start of [11, 1e300]) timer.end(start);
  for (const start of [NaN, "3", null, undefined, 5n, Symbol("x"), {}]) timer.end(start as number);
  for (const start of [Infinity, -Infinity]) timer.end(start);
  assertEquals((await test.metrics.performance()).rejected, {
    nan: 7,
    infinite: 2,
    negative_duration: 2,
    outside_trace: 0,
    listener_failed: 0,
    removed: 0,
    counter_decrement: 0,
    collect_failed: 0,
  });
  for (const seconds of [-1e-9, -5]) timer.observe(seconds);
  for (const seconds of [NaN, "3", null, 5n]) timer.observe(seconds as number);
  for (const seconds of [Infinity, -Infinity]) timer.observe(seconds);
  assertEquals((await test.metrics.performance()).rejected, {
    nan: 11,
    infinite: 4,
    negative_duration: 4,
    outside_trace: 0,
    listener_failed: 0,
    removed: 0,
    counter_decrement: 0,
    collect_failed: 0,
  });
  assertEquals(distributionOf(await test.metrics.snapshot(), "job_seconds").count, 0);
});

Deno.test("Timer with labels times each label set by itself", async () => {
  await using test = inlineMetrics();
  const timer = test.metrics.timer("job", { labels: ["kind"] });
  const read = timer.with({ kind: "read" });
  const write = timer.with({ kind: "write" });
  const startRead = read.start();
  test.clock.advance(2);
  const startWrite = write.start();
  test.clock.advance(3);
  read.end(startRead);
  write.end(startWrite);
  const snapshot = await test.metrics.snapshot();
  assertEquals(distributionOf(snapshot, "job_seconds", { kind: "read" }).sum, 0.005);
  assertEquals(distributionOf(snapshot, "job_seconds", { kind: "write" }).sum, 0.003);
});
