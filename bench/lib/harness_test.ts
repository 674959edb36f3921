import { assert, assertEquals, assertRejects } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { blockOfCallMs, percentile99, runLadder } from "./harness.ts";
import { type Case, type Ladder, ownPart, ownRows } from "./ladder.ts";
import { ladderResult } from "./results.ts";

const LONG_MS = 30;

/** A ladder that counts its operations, by case. */
function countingLadder(references: readonly string[]): { ladder: Ladder; counts: Map<string, number> } {
  const counts = new Map<string, number>();
  const cases = ["store", "push", "peer"].map((name): Case => ({
    name,
    isReference: references.includes(name),
    burst: 100,
    run: (count) => void counts.set(name, (counts.get(name) ?? 0) + count),
  }));
  const targets = [{ name: "push", reference: "peer", timesFaster: 1e9 }];
  return { ladder: { name: "counting", cases, targets, allocationFree: ["push"] }, counts };
}

Deno.test("runLadder returns multiples of a first case that is a reference", async () => {
  const { measurements: [first, second] } = await runLadder(countingLadder(["store"]).ladder, {
    rounds: 3,
    isTimeOnly: true,
  });
  assertEquals(first.timesOfBaseline, 1);
  assert(second.timesOfBaseline !== undefined);
});

Deno.test("runLadder returns no multiples of a first case that is Hotpath's", async () => {
  const { measurements } = await runLadder(countingLadder(["peer"]).ladder, { rounds: 3, isTimeOnly: true });
  assert(measurements.every((each) => !("timesOfBaseline" in each)));
});

Deno.test("ownPart keeps the baseline and the cases of Hotpath", async () => {
  const { ladder, counts } = countingLadder(["store", "peer"]);
  const report = await runLadder(ownPart(ladder), { rounds: 3, isTimeOnly: true });
  assertEquals(report.measurements.map(({ name }) => name), ["store", "push"]);
  assertEquals(ownRows(report).map(({ name }) => name), ["push"]);
  assertEquals([report.verdicts, report.allocating, report.missed], [[], [], []]);
  assertEquals(counts.get("peer"), undefined);
  assertEquals(counts.get("push"), counts.get("store"));
});

Deno.test("ownRows are all where there is no baseline, and none where there is nothing", async () => {
  const report = await runLadder(ownPart(countingLadder(["peer"]).ladder), { rounds: 3, isTimeOnly: true });
  assertEquals(ownRows(report).map(({ name }) => name), ["store", "push"]);
  assertEquals(ownRows({ measurements: [] }), []);
});

Deno.test("ladderResult has the documented fields", () => {
  const verdict = { name: "push", reference: "peer", timesFaster: 8, reached: 7, isMet: false };
  const report = {
    name: "ring push",
    measurements: [
      { name: "store", nsPerOperation: 3, bytesPerOperation: 0, timesOfBaseline: 1 },
      { name: "push", nsPerOperation: 6, bytesPerOperation: 16, blockMs: 0.5 },
    ],
    verdicts: [verdict],
    allocating: [],
    missed: [],
    facts: ["a fact"],
    failures: [],
    roundMs: 1,
  };
  assertEquals(ladderResult("ring", report, ["push missed its target"]), {
    bench: "ring",
    name: "ring push",
    cases: [
      { name: "store", ns: 3, bytes: 0, timesOfBaseline: 1, blockMs: null },
      { name: "push", ns: 6, bytes: 16, timesOfBaseline: null, blockMs: 0.5 },
    ],
    targets: [verdict],
    facts: ["a fact"],
    failures: ["push missed its target"],
  });
});

Deno.test("runLadder returns how long a call blocks the event loop, only for cases that request it", async () => {
  const calls: number[] = [];
  const spin = (count: number) => {
    calls.push(count);
    for (const endMs = performance.now() + 2; performance.now() < endMs;);
  };
  const ladder: Ladder = {
    name: "blocking",
    cases: [
      { name: "long", burst: 2, operationsPerCall: 1, run: spin },
      { name: "short", burst: 2, run: () => {} },
    ],
    targets: [],
  };
  const { measurements: [long, short] } = await runLadder(ladder, { rounds: 3 });
  assert(long.blockMs !== undefined && long.blockMs >= 2);
  assert(!("blockMs" in short));
  assert(calls.filter((count) => count === 1).length >= 10);
});

function spin(ms: number): void {
  for (const endMs = performance.now() + ms; performance.now() < endMs;);
}

Deno.test("blockOfCallMs is all that a synchronous call takes", async () => {
  assert(await blockOfCallMs(() => spin(LONG_MS)) >= LONG_MS);
});

Deno.test("blockOfCallMs counts microtasks as one piece", async () => {
  const held = await blockOfCallMs(async () => {
    spin(LONG_MS / 2);
    await Promise.resolve();
    spin(LONG_MS / 2);
  });
  assert(held >= LONG_MS);
});

Deno.test("blockOfCallMs is the longest piece of a call that lets others have their turn", async () => {
  let totalMs = 0;
  const held = await blockOfCallMs(async () => {
    const startMs = performance.now();
    for (let piece = 0; piece < 20; piece++) {
      spin(LONG_MS / 10);
      await setImmediate();
    }
    totalMs = performance.now() - startMs;
  });
  assert(held >= LONG_MS / 10);
  assert(held < totalMs);
});

Deno.test("blockOfCallMs rejects with what the call rejects with", async () => {
  await assertRejects(() => blockOfCallMs(() => Promise.reject(new RangeError("no"))), RangeError, "no");
});

Deno.test("percentile99 excludes one in a hundred, and none of fewer", () => {
  assertEquals(percentile99([3, 1, 2]), 3);
  assertEquals(percentile99(Array.from({ length: 100 }, (_, i) => i)), 98);
});
