import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { classicBounds } from "../../../src/aggregate/series/classic_buckets.ts";
import { Distribution } from "../../../src/aggregate/series/distribution.ts";
import { BreachLog } from "../../../src/aggregate/series/slo.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";
import { batchOf, type Weighted } from "../../_support/sketch/model.ts";

const WINDOWS = [{ name: "1s", lengthMs: 1_000 }, { name: "5s", lengthMs: 5_000 }, { name: "1m", lengthMs: 60_000 }];
const PLAN = planWindows(WINDOWS);
const CLASSIC = classicBounds([], 6);
const OBJECTIVE = { thresholdSeconds: 0.005, target: 0.99 };

function setUp(labels = {}) {
  const log = new BreachLog();
  const slo = { objective: OBJECTIVE, metric: "job_seconds", log };
  return { log, distribution: new Distribution(labels, { schema: 6, classic: CLASSIC, plan: PLAN, slo }, 0) };
}

interface Recorded extends Weighted {
  readonly atMs: number;
}

function total(recorded: readonly Recorded[]): [count: number, violations: number] {
  let count = 0;
  let violations = 0;
  for (const { value, weight } of recorded) {
    count += weight;
    if (value > OBJECTIVE.thresholdSeconds) violations += weight;
  }
  return [count, violations];
}

/** The burn rate of a window: its values are those whose slice lies in it by at least half. */
function burnRateOf(all: readonly Recorded[], window: number, nowMs: number): number | null {
  const { spec, level } = PLAN.windows[window];
  const { sliceMs } = PLAN.levels[level];
  const first = Math.round((nowMs - spec.lengthMs) / sliceMs);
  const [count, violations] = total(all.filter(({ atMs }) => Math.floor(atMs / sliceMs) >= first));
  return count === 0 ? null : violations / count / (1 - OBJECTIVE.target);
}

/** Durations around the threshold, the threshold itself, its neighbours among doubles, and far-away ones. */
const anyDuration = fc.oneof(
  fc.double({ min: 0, max: 0.01, noNaN: true }),
  fc.constantFrom(0, 0.005, 0.005 + 2 ** -60, 0.005 - 2 ** -60, 1e-30, 1e30),
);
const anyStep = fc.record({
  gapMs: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.constantFrom(0, 1_000, 5_000, 61_000)),
  values: fc.array(fc.record({ value: anyDuration, weight: fc.constantFrom(1, 1, 1, 7) }), { maxLength: 12 }),
  inRuns: fc.boolean(),
  isTaken: fc.boolean(),
});

Deno.test("Distribution counts violations and burn rates as a brute-force model does, and breaches add up", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      const { log, distribution } = setUp();
      const all: Recorded[] = [];
      let untold: Recorded[] = [];
      let nowMs = 0;
      for (const { gapMs, values, inRuns, isTaken } of steps) {
        nowMs += gapMs;
        if (inRuns) distribution.recordRun(batchOf(values, 3), 3, 3 + values.length, nowMs);
        else for (const { value, weight } of values) distribution.record(value, weight, nowMs);
        const recorded = values.map((each) => ({ ...each, atMs: nowMs }));
        all.push(...recorded);
        untold.push(...recorded);
        if (isTaken) {
          const breaches = log.take(nowMs).map(({ violations, worstSeconds }) => [violations, worstSeconds]);
          const [, violations] = total(untold);
          assertEquals(breaches, violations === 0 ? [] : [[violations, Math.max(...untold.map(({ value }) => value))]]);
          untold = [];
        }
        const [count, violations] = total(all);
        assertEquals(distribution.snapshot(nowMs).slo, {
          ...OBJECTIVE,
          violations,
          compliance: count === 0 ? null : (count - violations) / count,
          burnRate: Object.fromEntries(WINDOWS.map(({ name }, i) => [name, burnRateOf(all, i, nowMs)])),
        });
        // The same without the buckets.
        const held = Array.from(distribution.windowViolations(nowMs), ({ window, count, violations }) => [
          window,
          violations / count / (1 - OBJECTIVE.target),
        ]);
        const rates = WINDOWS.map(({ name }, i) => [name, burnRateOf(all, i, nowMs)]);
        assertEquals(held, rates.filter(([, rate]) => rate !== null));
      }
    }),
    { seed: 31, numRuns: 200 },
  );
});

Deno.test("Distribution without an objective has no violations", () => {
  const distribution = new Distribution({}, { schema: 6, classic: CLASSIC, plan: PLAN }, 0);
  distribution.record(1, 1, 0);
  const snapshot = distribution.snapshot(0);
  assertEquals(["slo" in snapshot, "violations" in snapshot.windows["1s"]], [false, false]);
});

Deno.test("Distribution keeps its violations when its resolution is halved", () => {
  const { distribution } = setUp();
  for (let exponent = -40; exponent <= 80; exponent++) distribution.record(2 ** exponent, 1, 0);
  const { slo, windows } = distribution.snapshot(0);
  assertEquals([slo?.violations, windows["1m"].violations], [88, 88]);
});

Deno.test("BreachLog holds one entry a series, with the count, the worst and the time of the last", () => {
  const { log, distribution } = setUp({ pair: "BTC" });
  for (const [value, weight, nowMs] of [[0.02, 1, 10], [0.5, 3, 20], [0.006, 1, 30], [0.005, 9, 40]]) {
    distribution.record(value, weight, nowMs);
  }
  const earliest = Date.now() - 1_000;
  const [{ timestamp, ...breach }, ...others] = log.take(1_030);
  assertEquals(breach, {
    metric: "job_seconds",
    labels: { pair: "BTC" },
    thresholdSeconds: 0.005,
    violations: 5,
    worstSeconds: 0.5,
  });
  const ms = Date.parse(timestamp);
  assertEquals([others.length, ms >= earliest, ms <= Date.now() - 1_000], [0, true, true]);
  assertEquals(log.take(1_040), []);
  distribution.record(0.007, 1, 1_050);
  assertEquals(log.take(1_060).map(({ violations, worstSeconds }) => [violations, worstSeconds]), [[1, 0.007]]);
});

Deno.test("Distribution.reset forgets the violations, but not that they are to be reported", () => {
  const { log, distribution } = setUp();
  distribution.record(1, 1, 0);
  distribution.reset(10);
  assertEquals(distribution.snapshot(10).slo?.violations, 0);
  assertEquals(log.take(10).map(({ violations }) => violations), [1]);
});
