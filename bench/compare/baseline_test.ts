import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Report } from "../lib/ladder.ts";
import { type BaselineLadder, ladderOf as measured, parseBaseline, worseThan } from "./baseline.ts";
import { REPETITIONS_MIN } from "./statistics.ts";
import { normal as normalFrom, uniform } from "../lib/workload.ts";

const FILE = new URL("./baseline.json", import.meta.url);

/** Runs of a ladder on a machine whose speed varies, with a push that takes that many times of the baseline. */
function reportsOf(push: number, seed: number): Report[] {
  const normal = normalFrom(uniform(seed));
  return Array.from({ length: REPETITIONS_MIN }, () => {
    const storeNs = 3 * Math.exp(0.2 * normal());
    const timesOfBaseline = push * Math.exp(0.05 * normal());
    return {
      name: "ring push",
      measurements: [
        { name: "plain stores", nsPerOperation: storeNs, bytesPerOperation: 0, timesOfBaseline: 1 },
        { name: "push", nsPerOperation: storeNs * timesOfBaseline, bytesPerOperation: 0, timesOfBaseline },
      ],
      verdicts: [],
      allocating: [],
      missed: [],
      facts: [],
      failures: [],
      roundMs: 1,
    };
  });
}

Deno.test("a check passes what is as fast as the baseline, and fails what is planted to be slower", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const then = measured("ring", reportsOf(2, seed));
    assertEquals(worseThan(then, measured("ring", reportsOf(2, 1_000 + seed)), 0.3), [], `seed ${seed}`);
    const [worse, ...others] = worseThan(then, measured("ring", reportsOf(2 * 1.9, 1_000 + seed)), 0.3);
    assert(/^push takes at least \d\.\d\d of it, \d\.\d\d at most allowed$/.test(worse), `seed ${seed}: ${worse}`);
    assertEquals(others, []);
  }
});

Deno.test("ladderOf refuses runs that failed, and ladders without a baseline", () => {
  const [report] = reportsOf(2, 1);
  assertThrows(
    () => measured("ring", [{ ...report, failures: ["a record is missing"] }]),
    Error,
    "a record is missing",
  );
  const measurements = report.measurements.map(({ timesOfBaseline: _, ...each }) => each);
  assertThrows(() => measured("drain", [{ ...report, measurements }]), Error, "drain: its ladder has no baseline");
});

function ladderOf(ratios: Record<string, [number, number, number]>): BaselineLadder {
  return {
    baseline: "plain stores",
    ratios: Object.fromEntries(
      Object.entries(ratios).map(([name, [low, ratio, high]]) => [name, { ratio, low, high }]),
    ),
  };
}

Deno.test("worseThan asks for the threshold between the two intervals", () => {
  const then = ladderOf({ push: [1.8, 2, 2.2] });
  assertEquals(worseThan(then, ladderOf({ push: [2.8, 3, 3.2] }), 0.3), []);
  assertEquals(worseThan(then, ladderOf({ push: [2.9, 3, 3.2] }), 0.3), [
    "push takes at least 2.90 of it, 2.86 at most allowed",
  ]);
  assertEquals(worseThan(then, ladderOf({ push: [0.1, 0.2, 9] }), 0.3), []);
});

Deno.test("worseThan names added and removed cases", () => {
  const then = ladderOf({ push: [1, 1, 1], pop: [1, 1, 1] });
  const now = ladderOf({ push: [1, 1, 1], peek: [1, 1, 1] });
  assertEquals(worseThan(then, now, 0.3), [
    "peek is not in the baseline; --update adds it",
    "pop is not in the ladder any more; --update removes it",
  ]);
});

Deno.test("worseThan compares no ratios to something else", () => {
  const then = ladderOf({ push: [1, 1, 1] });
  assertEquals(worseThan(then, { ...then, baseline: "other stores" }, 0.3), [
    "is a ratio to other stores now; --update renews it",
  ]);
  assertEquals(worseThan(undefined, then, 0.3), ["the ladder is not in the baseline; --update adds it"]);
});

Deno.test("parseBaseline refuses another format", () => {
  assertThrows(() => parseBaseline(`{"format":"hotpath-bench","version":1}`), TypeError, "format must be");
  assertThrows(() => parseBaseline(`{"format":"hotpath-bench-baseline","version":2}`), TypeError, "version 2");
  assertThrows(() => parseBaseline("null"), TypeError, "format must be");
});

Deno.test("compare/baseline.json holds ratios with their intervals, and no nanoseconds", async () => {
  const text = await Deno.readTextFile(FILE);
  const { ladders } = parseBaseline(text);
  assert(Object.keys(ladders).length > 0);
  for (const { baseline, ratios } of Object.values(ladders)) {
    assert(baseline !== "");
    for (const [name, { ratio, low, high }] of Object.entries(ratios)) {
      assert(low > 0 && low <= ratio && ratio <= high, name);
    }
  }
  assert(!/"ns/.test(text));
});
