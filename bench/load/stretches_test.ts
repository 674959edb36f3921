import { assertEquals } from "@std/assert";
import { type Comparison, judgeAtPace, judgeBudget, STRETCHES } from "./stretches.ts";
import { VARIANTS } from "./candle_run.ts";

const SAME = { ratio: 1, low: 0.99, high: 1.01 };
const NOTHING = { ratio: 0, low: -0.001, high: 0.001 };
const UNCHANGED: Comparison = { time: SAME, hot: SAME, process: SAME, share: NOTHING, rssBytes: NOTHING };

Deno.test("judgeAtPace fails what is surely more than one per cent slower, or more of the thread", () => {
  assertEquals(judgeAtPace("rate 1", UNCHANGED), []);
  assertEquals(judgeAtPace("rate 1", { ...UNCHANGED, time: { ratio: 1.02, low: 1.009, high: 1.04 } }), []);
  assertEquals(judgeAtPace("rate 1", { ...UNCHANGED, time: { ratio: 1.02, low: 1.011, high: 1.04 } }), [
    "rate 1: at least 1.10 % slower, promised 1 % at most",
  ]);
  assertEquals(judgeAtPace("rate 1", { ...UNCHANGED, share: { ratio: 0.02, low: 0.009, high: 0.03 } }), []);
  assertEquals(judgeAtPace("rate 1", { ...UNCHANGED, share: { ratio: 0.02, low: 0.015, high: 0.03 } }), [
    "rate 1: at least 1.50 % of the thread, promised 1 % at most",
  ]);
  const traced = { ...UNCHANGED, share: { ratio: 0.02, low: 0.015, high: 0.03 } };
  assertEquals(judgeAtPace("rate 1, each candle a trace", traced), []);
});

Deno.test("judgeBudget fails a budget that is surely not held, and nothing that has none", () => {
  const more = { ...UNCHANGED, share: { ratio: 0.02, low: 0.013, high: 0.03 } };
  assertEquals(judgeBudget("budget 0.01", more), [
    "budget 0.01: at least 1.30 % of the thread, the budget is 1.00 %",
  ]);
  assertEquals(judgeBudget("budget 0.01", { ...more, share: { ratio: 0.02, low: 0.011, high: 0.03 } }), []);
  assertEquals(judgeBudget("budget 0.01", { ...UNCHANGED, ownAccount: 0.0119 }), []);
  assertEquals(judgeBudget("budget 0.01", { ...UNCHANGED, ownAccount: 0.0123 }), [
    "budget 0.01: 1.23 % of the thread by its own account, the budget is 1.00 %",
  ]);
  assertEquals(judgeBudget("rate 1", more), []);
  assertEquals(judgeBudget("budget 0.01, each candle a trace", more), []);
});

Deno.test("STRETCHES compare each way to measure at least once, and only ways that there are", () => {
  const compared = STRETCHES.flatMap(({ reference, variants }) => [reference, ...variants]);
  assertEquals(new Set(compared), new Set(Object.keys(VARIANTS)));
});
