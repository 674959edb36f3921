import { assertEquals } from "@std/assert";
import { Timeline } from "../../../src/dashboard/data/timeline.ts";

function slotsOf(timeline: Timeline, times: readonly number[]): [number, boolean][] {
  return times.map((timeMs) => {
    const { slot, isContinuous } = timeline.advance(timeMs);
    return [slot, isContinuous];
  });
}

Deno.test("Timeline keeps an hour, whatever the interval", () => {
  const kept = [100, 1_000, 10_000].map((intervalMs) => {
    const { capacity, slotMs } = new Timeline(intervalMs);
    return [capacity, slotMs];
  });
  assertEquals(kept, [[3_600, 1_000], [3_600, 1_000], [360, 10_000]]);
});

Deno.test("Timeline has no gap where a frame was late, and one where some are missing", () => {
  const timeline = new Timeline(1_000);
  assertEquals(slotsOf(timeline, [10_990, 12_010, 20_000]), [[10, false], [12, true], [20, false]]);
  assertEquals([9, 10, 11, 12, 13, 19, 20, 21].map((slot) => timeline.isKnown(slot)), [
    false,
    true,
    true,
    true,
    false,
    false,
    true,
    false,
  ]);
});

Deno.test("Timeline stays where it is when the server's clock is set back", () => {
  const timeline = new Timeline(1_000);
  assertEquals(slotsOf(timeline, [10_000, 7_000, 11_000]).map(([slot]) => slot), [10, 10, 11]);
  assertEquals(timeline.latest, 11);
});

Deno.test("Timeline continues by the elapsed time when the server's clock is set back by an hour", () => {
  const timeline = new Timeline(1_000);
  const hourMs = 3_600_000;
  const frames = [7_200_000, 7_201_000, 7_202_000 - hourMs, 7_203_000 - hourMs, 7_204_000];
  const places = frames.map((timeMs, i) => timeline.advance(timeMs, i === 0 ? 0 : 1_000));
  assertEquals(places.map(({ slot }) => slot), [7_200, 7_201, 7_202, 7_203, 7_204]);
  assertEquals(places.map(({ isContinuous }) => isContinuous), [false, true, true, true, true]);
});

Deno.test("Timeline forgets slots after an hour", () => {
  const timeline = new Timeline(1_000);
  slotsOf(timeline, [5_000, 3_605_000]);
  assertEquals([timeline.isKnown(5), timeline.isKnown(3_605)], [false, true]);
});
