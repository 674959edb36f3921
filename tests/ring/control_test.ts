import { assertAlmostEquals, assertEquals, assertNotEquals } from "@std/assert";
import { Control, createControlBuffer, DISABLED, laneOf } from "../../src/ring/control.ts";

Deno.test("Control is shared by all views of its memory", () => {
  const buffer = createControlBuffer(true);
  const [mine, theirs] = [new Control(buffer), new Control(buffer)];
  mine.set(true, 0.1);
  assertEquals([theirs.enabled, theirs.samplingRate], [true, 0.1]);
  theirs.set(false, 0.25);
  assertEquals([mine.enabled, mine.samplingRate], [false, 0.25]);
});

Deno.test("Control has a different word for each rate, and one for disabled", () => {
  const control = new Control(createControlBuffer(false));
  const words = [0, 1e-8, 0.1, 0.100_000_01, 0.5, 1].map((rate) => {
    control.set(true, rate);
    return control.word[0];
  });
  assertEquals(new Set(words).size, words.length);
  for (const word of words) assertNotEquals(word, DISABLED);
  control.set(false, 0.5);
  assertEquals(control.word[0], DISABLED);
});

Deno.test("Control has a word for each thread: settings reach all of them, adapted rates only their thread", () => {
  const buffer = createControlBuffer(true);
  const threads = [0, 1, 2, 63, 64, 65].map((thread) => new Control(buffer, laneOf(thread)));
  const [main, first, second, ...others] = threads;
  main.set(true, 0.5);
  assertEquals(threads.map(({ samplingRate, gate }) => [samplingRate, gate[0]]), threads.map(() => [0.5, 1]));
  second.adapt(0.25);
  assertAlmostEquals(second.samplingRate, 0.25, 1e-8);
  assertAlmostEquals(main.lowestRate, 0.25, 1e-8);
  assertEquals([main.samplingRate, first.samplingRate, first.ceiling], [0.5, 0.5, 0.5]);
  first.set(false, 0.1);
  assertEquals(threads.map(({ enabled, gate }) => [enabled, gate[0]]), threads.map(() => [false, 0]));
  assertEquals(others.map(({ samplingRate }) => samplingRate), [0.1, 0.1, 0.1]);
});

Deno.test("laneOf shares no word with the thread that created the metrics", () => {
  const lanes = Array.from({ length: 1_000 }, (_, thread) => laneOf(thread));
  assertEquals(lanes.filter((lane) => lane === 0).length, 1);
  assertEquals(new Set(lanes.slice(0, 64)).size, 64);
  assertEquals([Math.min(...lanes), Math.max(...lanes)], [0, 63]);
});

Deno.test("Control has the cost of calls once it is set", () => {
  const buffer = createControlBuffer(true);
  const [mine, theirs] = [new Control(buffer), new Control(buffer, 7)];
  assertEquals(theirs.callCost, undefined);
  const cost = { recordedSeconds: 1e-7, sampledSeconds: 3e-7, skippedSeconds: 5e-9 };
  mine.callCost = cost;
  assertEquals(theirs.callCost, cost);
});

Deno.test("Control.adapt has exact ends, and steps of 2 in a thousand millions between", () => {
  const control = new Control(createControlBuffer(false));
  control.set(true, 0.5);
  for (const rate of [0, 1]) {
    control.adapt(rate);
    assertEquals(control.samplingRate, rate);
  }
  control.adapt(0.123_456_789);
  assertAlmostEquals(control.samplingRate, 0.123_456_789, 1e-9);
});

Deno.test("Control.adapt does not enable a thread that is disabled", () => {
  const control = new Control(createControlBuffer(false));
  control.set(false, 0.5);
  control.adapt(0.25);
  assertEquals([control.enabled, control.samplingRate], [false, 0.5]);
});

Deno.test("laneOf shares the lanes from 1 on in turn beyond 63 threads", () => {
  assertEquals([63, 64, 65, 126, 127].map(laneOf), [63, 1, 2, 63, 1]);
});

Deno.test("createControlBuffer makes shared memory only for other threads", () => {
  assertEquals(createControlBuffer(true) instanceof SharedArrayBuffer, true);
  assertEquals(createControlBuffer(false) instanceof ArrayBuffer, true);
});
