import { assert, assertAlmostEquals, assertEquals, assertGreater, assertLess, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Metrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { normalFrom, randomFrom } from "../_support/random.ts";
import { distributionOf, valueOf } from "../_support/snapshots.ts";

type Step =
  | { readonly do: "observe" | "time"; readonly which: number; readonly count: number }
  | { readonly do: "rate"; readonly rate: number }
  | { readonly do: "enable"; readonly enabled: boolean }
  | { readonly do: "flush" };

const which = fc.nat(2);
const count = fc.integer({ min: 1, max: 200 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("observe" as const, "time" as const), which, count }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("rate" as const), rate: fc.constantFrom(0, 0.01, 0.1, 0.5, 1) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("enable" as const), enabled: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("flush" as const) }) },
);

/** Runs the steps and returns how many calls each series was offered while recording was enabled. */
async function perform(metrics: Metrics, steps: readonly Step[]): Promise<number[]> {
  const sizes = metrics.histogram("size", { labels: ["which"] });
  const times = metrics.timer("time", { labels: ["which"] });
  const offered = [0, 0, 0, 0, 0, 0];
  for (const step of steps) {
    if (step.do === "rate") metrics.samplingRate = step.rate;
    else if (step.do === "enable") metrics.enabled = step.enabled;
    else if (step.do === "flush") await metrics.flush();
    else {
      const labels = { which: String(step.which) };
      for (let i = 0; i < step.count; i++) {
        if (step.do === "observe") sizes.with(labels).observe(i);
        else times.with(labels).end(times.with(labels).start());
      }
      if (metrics.enabled) offered[step.which + (step.do === "observe" ? 0 : 3)] += step.count;
    }
  }
  return offered;
}

Deno.test("counts are exact after any sequence of calls, rates, switches and flushes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(1_000), async (steps, seed) => {
      await using test = inlineMetrics({ sampling: { seed } });
      const offered = await perform(test.metrics, steps);
      const snapshot = await test.metrics.snapshot();
      const counted = offered.map((count, i) => {
        if (count === 0) return 0;
        const name = i < 3 ? "size" : "time_seconds";
        return distributionOf(snapshot, name, { which: String(i % 3) }).count;
      });
      assertEquals(counted, offered);
      assertEquals(snapshot.meta.recorded, offered.reduce((sum, count) => sum + count));
      assertEquals(snapshot.meta.dropped, 0);
    }),
    { seed: 31, numRuns: 200 },
  );
});

Deno.test("recorded and dropped add up to what was offered, when the ring overflows too, at either policy", async () => {
  const overflow = fc.constantFrom("overwrite-oldest" as const, "drop-newest" as const);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), fc.nat(1_000), overflow, async (steps, seed, overflow) => {
      await using test = inlineMetrics({ sampling: { seed }, ringCapacity: 64, overflow });
      const offered = await perform(test.metrics, steps);
      const { meta: { recorded, dropped } } = await test.metrics.snapshot();
      assertEquals(recorded + dropped, offered.reduce((sum, count) => sum + count));
    }),
    { seed: 32, numRuns: 300 },
  );
});

Deno.test("Histogram, sampled, has whole buckets that add up to the exact count, and a sum near the true one", async () => {
  await using test = inlineMetrics({ sampling: { rate: 0.1, seed: 7 }, ringCapacity: 2 ** 17 });
  const size = test.metrics.histogram("size", { buckets: [0.25, 0.5, 0.75] });
  for (let i = 0; i < 100_000; i++) size.observe(((i * 7_919) % 10_007) / 10_007);
  const snapshot = await test.metrics.snapshot();
  const { count, sum, bucketCounts } = distributionOf(snapshot, "size");
  assertEquals(count, 100_000);
  assertAlmostEquals(sum / 50_000, 1, 0.02);
  bucketCounts.forEach((found, i) => assertAlmostEquals(found / 100_000, (i + 1) / 4, 0.02));
  assert(bucketCounts.every(Number.isInteger));
  assertGreater(snapshot.meta.sampledOut, 89_000);
  assertLess(snapshot.meta.sampledOut, 91_000);
});

Deno.test("Histogram records the first call of each series at any rate, and again after a reset", async () => {
  await using test = inlineMetrics({ sampling: { rate: 0 } });
  const size = test.metrics.histogram("size", { labels: ["id"] });
  for (let id = 0; id < 50; id++) {
    for (let i = 0; i < 10; i++) size.with({ id: String(id) }).observe(id + i / 100);
  }
  const before = await test.metrics.snapshot();
  for (let id = 0; id < 50; id++) {
    const { count, min, max } = distributionOf(before, "size", { id: String(id) });
    assertEquals([count, min, max], [10, id, id]);
  }
  size.reset();
  size.with({ id: "3" }).observe(7);
  const { count, sum } = distributionOf(await test.metrics.snapshot(), "size", { id: "3" });
  assertEquals([count, sum], [1, 7]);
});

Deno.test("Timer reads no clock and writes no record for a skipped timing, and counts it", async () => {
  await using test = inlineMetrics({ sampling: { rate: 0 } });
  const timer = test.metrics.timer("time");
  timer.end(timer.start());
  let reads = 0;
  const { now } = test.clock;
  test.clock.now = function () {
    reads += 1;
    return now.call(this);
  };
  for (let i = 0; i < 100; i++) {
    const start = timer.start();
    assertEquals(start, -1);
    timer.end(start);
  }
  assertEquals(reads, 0);
  const { meta, metrics: [{ series: [series] }] } = await test.metrics.snapshot();
  assertEquals("count" in series && series.count, 101);
  assertEquals([meta.recorded, meta.sampledOut], [101, 100]);
});

Deno.test("Histogram always records critical values, which are visible without a flush", async () => {
  await using metrics = inlineMetrics({ sampling: { rate: 0 } }).metrics;
  const failures = metrics.histogram("failure_size", { critical: true });
  for (let i = 1; i <= 100; i++) failures.observe(i);
  const snapshot = await metrics.snapshot();
  const { count, sum } = distributionOf(snapshot, "failure_size");
  assertEquals([count, sum, snapshot.meta.sampledOut], [100, 5_050, 0]);
});

Deno.test("enabled switches every instrument off and on at the next call", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  let asked = 0;
  const counter = metrics.counter("calls_total");
  const gauge = metrics.gauge("depth");
  const size = metrics.histogram("size");
  const timer = metrics.timer("time");
  metrics.gauge("asked", { collect: () => ++asked });
  const callAll = () => {
    counter.inc();
    gauge.inc();
    size.observe(1);
    size.observe(NaN);
    timer.end(timer.start());
    timer.observe(1);
  };
  callAll();
  await metrics.flush();
  const askedBefore = asked;
  metrics.enabled = false;
  for (let i = 0; i < 5; i++) callAll();
  await metrics.flush();
  assertEquals(asked, askedBefore);
  metrics.enabled = true;
  callAll();
  const snapshot = await metrics.snapshot();
  assertEquals([valueOf(snapshot, "calls_total"), valueOf(snapshot, "depth")], [2, 2]);
  assertEquals([distributionOf(snapshot, "size").count, distributionOf(snapshot, "time_seconds").count], [2, 4]);
  assertEquals((await metrics.performance()).rejected.nan, 2);
});

Deno.test("Histogram never weights a value that was offered while recording was disabled", async () => {
  await using test = inlineMetrics({ sampling: { rate: 0 } });
  const size = test.metrics.histogram("size");
  for (let i = 0; i < 10; i++) size.observe(1);
  test.metrics.enabled = false;
  size.observe(1_000);
  test.metrics.enabled = true;
  const { count, sum } = distributionOf(await test.metrics.snapshot(), "size");
  assertEquals([count, sum], [10, 10]);
});

Deno.test("Timer records nothing of a timing that started before recording was disabled", async () => {
  await using test = inlineMetrics();
  const timer = test.metrics.timer("time");
  const start = timer.start();
  test.metrics.enabled = false;
  timer.end(start);
  assertEquals(distributionOf(await test.metrics.snapshot(), "time_seconds").count, 0);
});

Deno.test("samplingRate and enabled refuse what they cannot be", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  assertThrows(
    () => metrics.samplingRate = 2,
    RangeError,
    "Cannot set samplingRate: it must be a number from 0 to 1, got 2",
  );
  assertThrows(() => metrics.samplingRate = "1" as unknown as number, TypeError, "it must be a number");
  assertThrows(
    () => metrics.enabled = 1 as unknown as boolean,
    TypeError,
    "Cannot set enabled: it must be true or false",
  );
  assertEquals([metrics.samplingRate, metrics.enabled], [1, true]);
});

Deno.test("confidence of a window holds the truth in 90 of 100 runs, also when flushes come between the records", async () => {
  const calls = 20_000;
  const covered = { mean: 0, "0.5": 0, "0.9": 0, "0.99": 0 };
  const holds = ([low, high]: readonly [number | null, number | null], truth: number) =>
    (low === null || low <= truth) && (high === null || truth <= high);
  for (let seed = 1; seed <= 100; seed++) {
    await using test = inlineMetrics({ sampling: { rate: 0.05, seed }, windows: ["1m"], ringCapacity: 2 ** 15 });
    const size = test.metrics.histogram("size");
    const normal = normalFrom(randomFrom(seed));
    const values = Float64Array.from({ length: calls }, () => Math.exp(normal()));
    for (let i = 0; i < calls; i++) {
      size.observe(values[i]);
      // Oftener than calls are recorded: most of the weight comes as repetitions.
      if (i % 8 === 0) await test.metrics.flush();
    }
    const { count, confidence } = distributionOf(await test.metrics.snapshot(), "size").windows["1m"];
    assertEquals(count, calls);
    assert(confidence !== undefined);
    values.sort();
    if (holds(confidence.mean, values.reduce((sum, value) => sum + value) / calls)) covered.mean += 1;
    for (const q of ["0.5", "0.9", "0.99"] as const) {
      if (holds(confidence.quantiles[q], values[Math.ceil(Number(q) * calls) - 1])) covered[q] += 1;
    }
  }
  for (const [what, times] of Object.entries(covered)) assertGreater(times, 89, what);
});

Deno.test("Histogram.observeCritical always records with weight 1, visible without a flush", async () => {
  await using test = inlineMetrics({ sampling: { rate: 0, seed: 3 }, drainIntervalMs: 60_000 });
  const { metrics, clock } = test;
  const [size, time] = [metrics.histogram("size"), metrics.timer("time")];
  for (let i = 0; i < 100; i++) {
    size.observe(1);
    time.end(time.start());
  }
  size.observeCritical(500);
  const start = time.startCritical();
  clock.advance(2_000);
  time.endCritical(start);
  time.observeCritical(3);
  for (let i = 0; i < 100; i++) size.observe(1);
  const snapshot = await metrics.snapshot();
  const [sizes, times] = [distributionOf(snapshot, "size"), distributionOf(snapshot, "time_seconds")];
  assertEquals([sizes.count, sizes.sum, sizes.max], [201, 700, 500]);
  assertEquals([times.count, times.sum, times.max], [102, 5, 3]);
});

Deno.test("Histogram.observeCritical records nothing while recording is disabled, and rejects invalid values", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const [size, time] = [metrics.histogram("size"), metrics.timer("time")];
  metrics.enabled = false;
  size.observeCritical(1);
  time.observeCritical(1);
  time.endCritical(time.startCritical());
  metrics.enabled = true;
  size.observeCritical(NaN);
  time.observeCritical(-1);
  time.endCritical(1e12);
  time.endCritical(undefined as unknown as number);
  const { meta } = await metrics.snapshot();
  assertEquals(meta.recorded, 0);
  const { rejected } = await metrics.performance();
  assertEquals([rejected.nan, rejected.negative_duration], [2, 2]);
});

const timings = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ do: fc.constant("time" as const), ms: fc.constantFrom(1, 4, 6, 60, 500) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("observe" as const), ms: fc.constantFrom(1, 6, 60) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("rate" as const), rate: fc.constantFrom(0, 0.05, 0.5, 1) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("enable" as const), enabled: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("flush" as const) }) },
  ),
  { minLength: 10, maxLength: 80 },
);

Deno.test("violations above the critical threshold are exact under any rates, and so are counts", async () => {
  const slo = { threshold: "5ms", target: 0.9, critical: "50ms" } as const;
  await fc.assert(
    fc.asyncProperty(timings, fc.nat(1_000), fc.boolean(), async (steps, seed, hasTraces) => {
      await using test = inlineMetrics({ sampling: { seed, rate: 0.05 }, traces: hasTraces });
      const { metrics, clock } = test;
      const timer = metrics.timer("job", { slo, buckets: [0.05] });
      let [calls, criticalCalls] = [0, 0];
      for (const step of steps) {
        if (step.do === "rate") metrics.samplingRate = step.rate;
        else if (step.do === "enable") metrics.enabled = step.enabled;
        else if (step.do === "flush") await metrics.flush();
        else {
          if (step.do === "time") {
            const start = timer.start();
            clock.advance(step.ms);
            timer.end(start);
          } else timer.observe(step.ms / 1_000);
          if (!metrics.enabled) continue;
          calls += 1;
          if (step.ms > 50) criticalCalls += 1;
        }
      }
      if (calls === 0) return;
      const job = distributionOf(await metrics.snapshot(), "job_seconds");
      assertEquals([job.count, job.count - job.bucketCounts[0]], [calls, criticalCalls]);
    }),
    { seed: 33, numRuns: 200 },
  );
});
