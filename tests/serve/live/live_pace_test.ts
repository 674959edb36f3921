import { assertEquals } from "@std/assert";
import { LivePace } from "../../../src/serve/live/live_pace.ts";

Deno.test("LivePace schedules runs one after the other, so that they take a quarter of the thread together", () => {
  let nowMs = 1_000;
  const pace = new LivePace(() => nowMs);
  assertEquals([pace.reserve(10), pace.reserve(10), pace.reserve(5)], [0, 40, 80]);
  nowMs += 100;
  assertEquals(pace.delayMs, 0);
  nowMs += 1_000;
  assertEquals([pace.reserve(10), pace.delayMs], [0, 40]);
});

Deno.test("LivePace delays later runs when a run has taken longer than expected", () => {
  const pace = new LivePace(() => 0);
  pace.reserve(10);
  pace.settle(10, 200);
  assertEquals(pace.delayMs, 800);
  pace.reserve(10);
  pace.settle(10, 0);
  assertEquals(pace.delayMs, 800);
});

Deno.test("LivePace runs each of many feeds in turn, whatever the others take", () => {
  let nowMs = 0;
  const pace = new LivePace(() => nowMs);
  const runs = [0, 0, 0, 0];
  const costs = [1, 20, 50, 50];
  const due = costs.map((cost) => pace.reserve(cost));
  let workMs = 0;
  for (; nowMs < 100_000; nowMs++) {
    for (const [feed, atMs] of due.entries()) {
      if (atMs > nowMs) continue;
      runs[feed] += 1;
      workMs += costs[feed];
      due[feed] = nowMs + pace.reserve(costs[feed]);
    }
  }
  assertEquals(Math.max(...runs) - Math.min(...runs) <= 1, true, `${runs}`);
  assertEquals(Math.round(workMs / nowMs * 100), 25);
});
