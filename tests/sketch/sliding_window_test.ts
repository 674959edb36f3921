import { assertAlmostEquals, assertEquals, assertGreater, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import type { DistributionSeriesSnapshot } from "../../mod.ts";
import { type Duration, parseDuration } from "../../src/check/duration.ts";
import { classicBounds } from "../../src/aggregate/series/classic_buckets.ts";
import { Distribution } from "../../src/aggregate/series/distribution.ts";
import { type Mergeable, planWindows, type SketchKind, SlidingWindows } from "../../src/sketch/sliding_window.ts";
import type { Sketch } from "../../src/sketch/sketch.ts";
import { nearestRank } from "../_support/sketch/model.ts";

const DEFAULT: readonly Duration[] = ["1s", "5s", "1m", "5m"];
const PLANS: readonly (readonly Duration[])[] = [
  DEFAULT,
  ["1s"],
  ["1s", "7s", "10s"],
  ["100ms", "1h"],
  ["3s", "4s", "5s"],
  ["250ms", "333ms", "2s", "30s"],
];

interface Recorded {
  readonly atMs: number;
  readonly value: number;
  readonly weight: number;
}

function specsOf(names: readonly Duration[]) {
  return names.map((name) => ({ name, lengthMs: parseDuration(name, "test", "windows") }));
}

function distributionWith(names: readonly Duration[], startMs: number): Distribution {
  const plan = planWindows(specsOf(names));
  return new Distribution({}, { schema: 6, classic: classicBounds([], 6), plan }, startMs);
}

/** The windows and the slices that each is made of. */
function slicesOf(names: readonly Duration[]): { name: string; lengthMs: number; sliceMs: number }[] {
  const { levels, windows } = planWindows(specsOf(names));
  return windows.map(({ spec, level }) => ({ ...spec, sliceMs: levels[level].sliceMs }));
}

/** The values that a window holds: those whose slice lies in it by at least half. */
function valuesIn(all: readonly Recorded[], lengthMs: number, sliceMs: number, nowMs: number): Recorded[] {
  return all.filter(({ atMs }) => Math.floor(atMs / sliceMs) >= Math.round((nowMs - lengthMs) / sliceMs));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function assertWindows(
  snapshot: DistributionSeriesSnapshot,
  all: readonly Recorded[],
  names: readonly Duration[],
  nowMs: number,
): void {
  assertEquals(Object.keys(snapshot.windows), [...names]);
  for (const { name, lengthMs, sliceMs } of slicesOf(names)) {
    const inside = valuesIn(all, lengthMs, sliceMs, nowMs);
    const count = sum(inside.map(({ weight }) => weight));
    const { count: actual, rate, mean, max, quantiles } = snapshot.windows[name];
    assertEquals([name, actual], [name, count]);
    assertEquals(rate, count / (lengthMs / 1_000));
    if (count === 0) {
      assertEquals([mean, max, quantiles["0.5"]], [null, null, null]);
      continue;
    }
    assertEquals(max, Math.max(...inside.map(({ value }) => value)));
    assertAlmostEquals(mean as number, sum(inside.map(({ value, weight }) => value * weight)) / count, 1e-6);
    const sorted = inside.flatMap(({ value, weight }) => new Array<number>(weight).fill(value)).toSorted((a, b) =>
      a - b
    );
    for (const [q, quantile] of Object.entries(quantiles)) {
      const exact = nearestRank(sorted, Number(q));
      assertLessOrEqual(Math.abs(quantile as number - exact), exact * 0.0055);
    }
  }
}

/** Steps of time: within a slice, over a few, far beyond every window, and to the very boundary. */
const gapMs = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 400 }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 12_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(100, 1_000, 30_000, 300_000, 3_600_000, 86_400_000) },
  { weight: 1, arbitrary: fc.double({ min: 0, max: 5_000, noNaN: true }) },
);
const step = fc.record({
  gapMs,
  value: fc.integer({ min: 1, max: 10_000 }),
  weight: fc.constantFrom(1, 1, 1, 2, 5),
  action: fc.constantFrom("record" as const, "record" as const, "record" as const, "read" as const),
});

for (const names of PLANS) {
  Deno.test(`windows ${names.join(" ")} hold what a brute-force model holds, under any schedule`, () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.array(step, { maxLength: 80, size: "max" }), (startMs, steps) => {
        const distribution = distributionWith(names, startMs);
        const all: Recorded[] = [];
        let nowMs = startMs;
        for (const { gapMs, value, weight, action } of steps) {
          nowMs += gapMs;
          if (action === "record") {
            distribution.record(value, weight, nowMs);
            all.push({ atMs: nowMs, value, weight });
          } else assertWindows(distribution.snapshot(nowMs), all, names, nowMs);
        }
        const snapshot = distribution.snapshot(nowMs);
        assertWindows(snapshot, all, names, nowMs);
        assertEquals(snapshot.count, sum(all.map(({ weight }) => weight)));
        assertEquals(snapshot.sum, sum(all.map(({ value, weight }) => value * weight)));
        assertEquals(snapshot.max, all.length === 0 ? null : Math.max(...all.map(({ value }) => value)));
        assertEquals(snapshot.min, all.length === 0 ? null : Math.min(...all.map(({ value }) => value)));
      }),
      { seed: 17, numRuns: 150 },
    );
  });

  Deno.test(`windows ${names.join(" ")} keep a value for 0.9 of their length, and lose it by 1.1 of it`, () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), fc.array(fc.double({ min: 0, max: 1.5, noNaN: true })), (startMs, reads) => {
        for (const { name, lengthMs } of specsOf(names)) {
          const distribution = distributionWith(names, startMs);
          distribution.record(1, 1, startMs);
          for (const age of [...reads, 0.899_999, 1.100_001].toSorted((a, b) => a - b)) {
            const { count } = distribution.snapshot(startMs + age * lengthMs).windows[name];
            if (age < 0.9) assertEquals([name, age, count], [name, age, 1]);
            if (age > 1.1) assertEquals([name, age, count], [name, age, 0]);
          }
        }
      }),
      { seed: 18, numRuns: 100 },
    );
  });
}

Deno.test("SlidingWindow read at every slice of a steady stream holds as much as its length", () => {
  const distribution = distributionWith(DEFAULT, 0);
  const everyMs = 20;
  for (let nowMs = 0; nowMs < 700_000; nowMs += everyMs) {
    distribution.record(1, 1, nowMs);
    if (nowMs % 9_980 !== 0 || nowMs < 400_000) continue;
    const { windows } = distribution.snapshot(nowMs);
    for (const { name, lengthMs } of specsOf(DEFAULT)) {
      assertGreaterOrEqual(windows[name].count, 0.9 * lengthMs / everyMs);
      assertLessOrEqual(windows[name].count, 1.1 * lengthMs / everyMs + 1);
    }
  }
});

Deno.test("windows keep the values of a series that is seldom read", () => {
  const distribution = distributionWith(DEFAULT, 0);
  for (let nowMs = 0; nowMs < 290_000; nowMs += 1_000) distribution.record(1, 1, nowMs);
  assertEquals(distribution.snapshot(290_000).windows["5m"].count, 290);
  assertEquals(distribution.snapshot(1e9).windows["5m"].count, 0);
  assertEquals(distribution.snapshot(1e9).count, 290);
});

Deno.test("planWindows cuts windows into slices of at most a tenth, whole numbers of the narrower ones", () => {
  for (const names of PLANS) {
    const { levels, windows } = planWindows(specsOf(names.toReversed()));
    assertEquals(windows.map(({ spec }) => spec.name), [...names]);
    for (const { spec, level } of windows) {
      assertLessOrEqual(levels[level].sliceMs, spec.lengthMs / 10);
      assertGreater(levels[level].sliceMs, spec.lengthMs / 20);
    }
    levels.forEach(({ sliceMs, ratio }, i) => {
      assertEquals(Number.isInteger(ratio), true);
      if (i > 0) assertEquals(sliceMs, levels[i - 1].sliceMs * ratio);
    });
  }
});

Deno.test("planWindows keeps few slices, however far apart the windows are", () => {
  for (const names of [["100ms", "24h"], ["1s", "1h"], ["1s", "1m", "24h"]] as const) {
    for (const { kept } of planWindows(specsOf(names)).levels) assertLessOrEqual(kept, 2 * 10 + 1);
  }
});

Deno.test("planWindows keeps the slices of each window, and those that a slice of the next level is merged from", () => {
  const plans: [readonly Duration[], levels: [sliceMs: number, ratio: number, kept: number][], read: number[]][] = [
    [["1s", "5s", "1m"], [[100, 1, 11], [500, 5, 13], [6_000, 12, 11]], [0, 1, 2]],
    [["250ms", "333ms", "2s"], [[25, 1, 11], [25, 1, 15], [200, 8, 11]], [0, 1, 2]],
    // A level in between, from a ratio of 20 on.
    [["1s", "19s"], [[100, 1, 20], [1_900, 19, 11]], [0, 1]],
    [["1s", "20s"], [[100, 1, 11], [1_000, 10, 3], [2_000, 2, 11]], [0, 2]],
  ];
  for (const [names, expected, read] of plans) {
    const { levels, windows } = planWindows(specsOf(names));
    assertEquals(levels.map(({ sliceMs, ratio, kept }) => [sliceMs, ratio, kept]), expected);
    assertEquals(windows.map(({ level }) => level), read);
  }
});

Deno.test("a distribution without windows counts all the same", () => {
  const distribution = distributionWith([], 0);
  distribution.record(2, 3, 5);
  const { count, sum, windows } = distribution.snapshot(1e12);
  assertEquals({ count, sum, windows }, { count: 3, sum: 6, windows: {} });
});

Deno.test("SlidingWindows.follow holds the same values as a read, however often and how long apart it is called", () => {
  const steps = fc.array(
    fc.record({
      waitMs: fc.oneof(fc.integer({ min: 0, max: 150 }), fc.integer({ min: 0, max: 40_000 })),
      values: fc.array(fc.constantFrom(0, -3, 0.001, 0.5, 0.51, 1e-25, 1e25), { maxLength: 4 }),
      isLookedAt: fc.boolean(),
    }),
    { maxLength: 60, size: "max" },
  );
  fc.assert(fc.property(steps, fc.constantFrom(...PLANS), (all, names) => {
    const plan = planWindows(specsOf(names));
    let nowMs = 12_345;
    const series = new Distribution({}, { schema: 6, classic: classicBounds([], 6), plan }, nowMs);
    for (const { waitMs, values, isLookedAt } of all) {
      nowMs += waitMs;
      for (const value of values) series.record(value, 2, nowMs);
      if (!isLookedAt) continue;
      assertEquals(series.followedBuckets(), series.exponentialBuckets());
      for (const window of plan.windows) {
        const [followed, read] = [series.followedOver(window, nowMs), series.over(window, nowMs)] as Sketch[];
        assertEquals([followed?.count, followed?.schema], [read?.count, read?.schema]);
        assertEquals([followed?.positive, followed?.negative], [read?.positive, read?.negative]);
      }
    }
  }));
});

/** Values as they came. */
class Bag implements Mergeable<Bag> {
  values: number[] = [];

  get count(): number {
    return this.values.length;
  }

  merge({ values }: Bag): void {
    this.values = [...this.values, ...values];
  }

  clear(): void {
    this.values = [];
  }
}

const BAGS: SketchKind<Bag, Bag> = {
  create: () => new Bag(),
  freeze: ({ values }) => Object.assign(new Bag(), { values }),
};

Deno.test("SlidingWindows notes the end of each slice with values before it freezes them, and halvings as they come", () => {
  let halve = (_live: Bag): void => {};
  const changes: [values: number[], goesOn: boolean][] = [];
  const kind: SketchKind<Bag, Bag> = {
    ...BAGS,
    create(onHalve) {
      if (onHalve) halve = onHalve;
      return new Bag();
    },
  };
  const windows = new SlidingWindows(
    planWindows(specsOf(["1s"])),
    kind,
    0,
    ({ values }, goesOn) => changes.push([values, goesOn]),
  );
  windows.live.values.push(1);
  windows.advance(99);
  halve(windows.live);
  assertEquals(changes, [[[1], true]]);
  windows.advance(100);
  windows.advance(300);
  assertEquals(changes, [[[1], true], [[1], false]]);
  assertEquals(windows.live.values, []);
});

Deno.test("SlidingWindows.slices yields the frozen slices of a window, and isInUse whether it has any value", () => {
  const plan = planWindows(specsOf(["1s", "5s"]));
  const [narrow, wide] = plan.windows;
  const windows = new SlidingWindows(plan, BAGS, 0);
  const look = (nowMs: number) => {
    windows.advance(nowMs);
    return plan.windows.map((window) => [
      [...windows.slices(window, nowMs)].flatMap(({ values }) => values),
      windows.isInUse(window, nowMs),
    ]);
  };
  assertEquals([narrow.level, wide.level], [0, 1]);
  assertEquals(look(0), [[[], false], [[], false]]);
  windows.live.values.push(1);
  assertEquals(look(0), [[[], true], [[], true]]);
  assertEquals(look(100), [[[1], true], [[1], true]]);
  windows.live.values.push(2);
  assertEquals(look(500), [[[1, 2], true], [[1, 2], true]]);
  assertEquals(look(1_049), [[[1, 2], true], [[1, 2], true]]);
  assertEquals(look(1_050), [[[2], true], [[1, 2], true]]);
  assertEquals(look(1_150), [[[], false], [[1, 2], true]]);
  assertEquals(look(5_249), [[[], false], [[1, 2], true]]);
  assertEquals(look(5_250), [[[], false], [[], false]]);
  windows.live.values.push(3);
  assertEquals(look(20_000), [[[], false], [[], false]]);
});

Deno.test("SlidingWindows keeps the merged sums of a follower, and discards them after 120 slices without it", () => {
  let merges = 0;
  class CountedBag extends Bag {
    override merge(other: Bag): void {
      super.merge(other);
      merges += 1;
    }
  }
  const plan = planWindows(specsOf(["1s", "1h"]));
  const windows = new SlidingWindows(plan, { ...BAGS, create: () => new CountedBag() }, 0);
  let nowMs = 0;
  const pass = (slices: number) => {
    for (let i = 0; i < slices; i++) {
      windows.live.values = [1];
      windows.advance(nowMs += 100);
    }
  };
  const merged = (read: () => Bag) => {
    merges = 0;
    read();
    return merges;
  };
  const lookAtHour = () => merged(() => windows.follow(plan.windows[1], nowMs));
  const lookAtLifetime = () => merged(() => windows.followLifetime());
  // A look merges the sums of five levels and the live values; before that, new slices into the sums.
  assertEquals(plan.levels.map(({ sliceMs }) => sliceMs), [100, 1_000, 10_000, 100_000, 300_000]);
  const sums = 6;
  pass(3_500);
  assertEquals([lookAtHour(), lookAtLifetime()], [sums + 1 + 5, sums + 1]);
  assertEquals([lookAtHour(), lookAtLifetime()], [sums, sums]);
  pass(120);
  assertEquals([lookAtHour(), lookAtLifetime()], [sums + 1 + 2, sums]);
  pass(121);
  assertEquals([lookAtHour(), lookAtLifetime()], [sums + 1 + 7 + 4 + 1, sums + 1]);
});
