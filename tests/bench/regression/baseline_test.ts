import { assert, assertEquals, assertThrows } from "@std/assert";
import { type BaselineLadder, parseBaseline, worseThan } from "../../../bench/regression/baseline.ts";

const FILE = new URL("../../../bench/baseline.json", import.meta.url);

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

Deno.test("worseThan names cases that are new and cases that have gone", () => {
  const then = ladderOf({ push: [1, 1, 1], pop: [1, 1, 1] });
  const now = ladderOf({ push: [1, 1, 1], peek: [1, 1, 1] });
  assertEquals(worseThan(then, now, 0.3), [
    "peek is not in the baseline; --update adds it",
    "pop is there no more; --update removes it",
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

Deno.test("bench/baseline.json holds ratios with their intervals, and no nanoseconds", async () => {
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
