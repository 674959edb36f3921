import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
  assertStringIncludes,
} from "@std/assert";
import fc from "fast-check";
import { attachMetrics, createMetrics, type DistributionSnapshot, type Metrics } from "../mod.ts";
import { type AdjustableSettings, settingsOf } from "../src/model/adjustable_settings.ts";
import { CallCostMeter } from "../src/instrument/call_cost.ts";
import { Control, createControlBuffer } from "../src/ring/control.ts";
import { inlineMetrics } from "../src/testing/mod.ts";

async function countOf(metrics: Metrics, wanted: string): Promise<number> {
  const { metrics: all } = await metrics.snapshot();
  const found = all.find(({ name }) => name === wanted) as DistributionSnapshot;
  return found.series[0].count;
}

Deno.test("a rate that sets itself falls with the load, keeps counts exact, and comes back", async () => {
  await using test = inlineMetrics({ sampling: { eventRateThreshold: 1_000, min: 0.001 } });
  const { metrics, clock } = test;
  const observed = metrics.histogram("observed");
  const critical = metrics.histogram("kept", { critical: true });
  let calls = 0;
  const run = async (seconds: number, callsPerSecond: number) => {
    for (let tick = 0; tick < seconds * 10; tick++) {
      for (let i = 0; i < callsPerSecond / 10; i++) observed.observe(i);
      critical.observe(1);
      calls += callsPerSecond / 10;
      clock.advance(100);
      await metrics.flush();
    }
  };
  await run(2, 200);
  assertEquals(metrics.samplingRate, 1);
  await run(5, 20_000);
  assertAlmostEquals(metrics.samplingRate, 0.05, 0.01);
  assertEquals(await countOf(metrics, "observed"), calls);
  assertEquals(await countOf(metrics, "kept"), 70);
  const { meta } = await metrics.snapshot();
  assertGreater(meta.sampledOut, 70_000);
  assertEquals(meta.recorded, calls + 70);
  await run(5, 200);
  assertEquals(metrics.samplingRate, 1);
});

Deno.test("a budget is held end to end: what recording takes, by its own measure, stays near it", async () => {
  await using test = inlineMetrics({ sampling: { budget: 0.001 } });
  const { metrics, clock } = test;
  const timer = metrics.timer("step");
  for (let tick = 0; tick < 60; tick++) {
    for (let i = 0; i < 5_000; i++) timer.end(timer.start());
    clock.advance(100);
    await metrics.flush();
  }
  const { sampling } = await metrics.performance();
  assert(sampling?.skippedCallSeconds != null && sampling.recordedCallSeconds !== null);
  assert(sampling.overheadRatio !== null);
  assertEquals([sampling.budget, sampling.ceiling], [0.001, 1]);
  assertAlmostEquals(sampling.eventsPerSecond, 50_000, 1_000);
  // 50,000 calls a second may take less even if all are recorded, or more even if none is, as the machine goes.
  const [least, most] = [sampling.skippedCallSeconds, sampling.recordedCallSeconds].map((each) => 50_000 * each);
  const expected = Math.min(most, Math.max(least, sampling.budget ?? 0));
  assertAlmostEquals(sampling.overheadRatio, expected, 0.2 * expected);
  assertEquals(await countOf(metrics, "step_seconds"), 300_000);
  const text = await metrics.scrape();
  assertStringIncludes(text, `hotpath_sampling_rate{thread="main"} ${sampling.rate}\n`);
  assertStringIncludes(text, "hotpath_overhead_ratio ");
  for (const outcome of ["recorded", "sampled", "skipped"]) {
    assertStringIncludes(text, `hotpath_call_cost_seconds{outcome="${outcome}"} `);
  }
});

Deno.test("a rate that sets itself acts on a real thread and its worker", async () => {
  await using metrics = createMetrics({ sampling: { eventRateThreshold: 1_000, min: 0.01 } });
  await metrics.ready;
  const observed = metrics.histogram("observed");
  let calls = 0;
  while (metrics.samplingRate > 0.5) {
    for (let i = 0; i < 5_000; i++) observed.observe(1);
    calls += 5_000;
    // Waits for the aggregator, however busy the machine is: a full ring would drop records.
    await metrics.flush();
  }
  assertEquals(await countOf(metrics, "observed"), calls);
  metrics.samplingRate = 0.005;
  // Below min: the program has the last word.
  await metrics.flush();
  assertEquals(metrics.samplingRate, 0.005);
  metrics.enabled = false;
  metrics.enabled = true;
  assertEquals(metrics.samplingRate, 0.005);
});

Deno.test("a budget that is set while the program runs is held, and taken away again", async () => {
  await using test = inlineMetrics({});
  const { metrics, clock } = test;
  const settings = settingsOf(metrics) as AdjustableSettings;
  const timer = metrics.timer("step");
  const run = async (ticks: number) => {
    for (let tick = 0; tick < ticks; tick++) {
      for (let i = 0; i < 5_000; i++) timer.end(timer.start());
      clock.advance(100);
      await metrics.flush();
    }
  };
  await run(10);
  assertEquals(metrics.samplingRate, 1);
  assertEquals(settings.adjust({ budget: 0.0001 }).budget, 0.0001);
  const isMeasured = async () => (await metrics.performance()).sampling?.recordedCallSeconds != null;
  // By the thread's own timer, which goes by the real clock.
  while (!await isMeasured()) await new Promise((resolve) => setTimeout(resolve, 1));
  await run(50);
  assertLess(metrics.samplingRate, 0.5);
  assertEquals((await metrics.performance()).sampling?.budget, 0.0001);
  assertEquals(settings.adjust({ budget: null }).budget, undefined);
  await run(10);
  assertEquals(metrics.samplingRate, 1);
  assertEquals("sampling" in await metrics.performance(), false);
  assertEquals(await countOf(metrics, "step_seconds"), 70 * 5_000);
});

Deno.test("each thread has the rate that its own calls need", async () => {
  await using metrics = createMetrics({ sampling: { budget: 0.001 } });
  await metrics.ready;
  const port = metrics.connect();
  await using attached = await attachMetrics(port);
  const [loud, quiet] = [attached.timer("loud"), metrics.timer("quiet")];
  const threads = async () => (await metrics.performance()).sampling?.threads ?? [];
  const rateOf = async (name: string) => (await threads()).find(({ thread }) => thread === name)?.rate ?? NaN;
  let [loudCalls, quietCalls] = [0, 0];
  do {
    for (let i = 0; i < 20_000; i++) loud.end(loud.start());
    quiet.end(quiet.start());
    [loudCalls, quietCalls] = [loudCalls + 20_000, quietCalls + 1];
    await attached.flush();
  } while (await rateOf("worker-1") > 0.5);
  assertEquals(await rateOf("main"), 1);
  assertEquals(metrics.samplingRate, 1);
  const [main, worker] = await threads();
  assertLess(main.eventsPerSecond, worker.eventsPerSecond);
  assertEquals([await countOf(metrics, "loud_seconds"), await countOf(metrics, "quiet_seconds")], [
    loudCalls,
    quietCalls,
  ]);
  const text = await metrics.scrape();
  assertStringIncludes(text, 'hotpath_sampling_rate{thread="main"} 1\n');
  assertStringIncludes(text, 'hotpath_sampling_rate{thread="worker-1"} 0');
  // For all of them at once.
  metrics.enabled = false;
  loud.observe(1);
  quiet.observe(1);
  metrics.enabled = true;
  await attached.flush();
  assertEquals([await countOf(metrics, "loud_seconds"), await countOf(metrics, "quiet_seconds")], [
    loudCalls,
    quietCalls,
  ]);
});

Deno.test("Metrics without adaptive sampling keeps its rate, and exposes nothing of it", async () => {
  await using metrics = createMetrics({ aggregation: "inline", sampling: { rate: 0.5, min: 0.1, max: 0.2 } });
  assertEquals(metrics.samplingRate, 0.5);
  assertEquals("sampling" in await metrics.performance(), false);
  assert(!(await metrics.scrape()).includes("hotpath_overhead_ratio"));
});

Deno.test("counts are exact under any sequence of rates", async () => {
  const steps = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(500)), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const control = createControlBuffer(false);
      const [setter, adapter] = [new Control(control), new Control(control)];
      setter.set(true, 1);
      await using metrics = createMetrics({ aggregation: "inline", sampling: { seed: 7 } });
      const observed = metrics.histogram("observed");
      observed.observe(1);
      let calls = 1;
      for (const [rate, count] of steps) {
        metrics.samplingRate = rate;
        for (let i = 0; i < count; i++) observed.observe(i);
        calls += count;
        adapter.adapt(rate);
        assertAlmostEquals(setter.samplingRate, rate, 1e-8);
      }
      assertEquals(await countOf(metrics, "observed"), calls);
      assertEquals(setter.ceiling, 1);
    }),
    { numRuns: 40 },
  );
});

Deno.test("Control.adapt does not switch on what was switched off", () => {
  const control = new Control(createControlBuffer(true));
  control.set(false, 0.5);
  control.adapt(0.1);
  assertEquals([control.enabled, control.samplingRate, control.ceiling], [false, 0.5, 0.5]);
});

Deno.test("CallCostMeter measures that a call that is sampled out costs less, and one recorded among such costs more", () => {
  const cost = new CallCostMeter(performance).step();
  assert(cost !== undefined);
  const { recordedSeconds, sampledSeconds, skippedSeconds } = cost;
  assertGreater(recordedSeconds, 0);
  assert(sampledSeconds >= recordedSeconds);
  assert(skippedSeconds >= 0 && skippedSeconds <= recordedSeconds);
});

Deno.test("CallCostMeter measures step by step, and reports when it has taken long enough", () => {
  const meter = new CallCostMeter(performance);
  let steps = 1;
  while (meter.step(10) === undefined) steps += 1;
  assertGreater(steps, 1);
  assertLessOrEqual(steps, 20);
});

Deno.test("a rate that sets itself stays where it is while a rollout goes on", async () => {
  await using test = inlineMetrics({ sampling: { eventRateThreshold: 1_000 } });
  const { metrics, clock } = test;
  const settings = settingsOf(metrics) as AdjustableSettings;
  const observed = metrics.histogram("observed");
  settings.adjust({ rollout: { from: 0.5, to: 1, overMs: 3_600_000 } });
  for (let tick = 0; tick < 60; tick++) {
    for (let i = 0; i < 2_000; i++) observed.observe(i);
    clock.advance(100);
    await metrics.flush();
  }
  for (let tick = 0; tick < 5; tick++) {
    await metrics.flush();
    assertAlmostEquals(metrics.samplingRate, 0.05, 0.01);
  }
});
