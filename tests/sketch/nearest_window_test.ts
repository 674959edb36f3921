import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { nearestWindow } from "../../src/sketch/nearest_window.ts";

const lengths = fc.array(fc.integer({ min: 1, max: 1e6 }), { maxLength: 8 });

function nearest(items: readonly number[], wantedMs: number): number | undefined {
  return nearestWindow(items, (item) => item, wantedMs);
}

Deno.test("nearestWindow is the window itself if it is there", () => {
  fc.assert(fc.property(lengths, fc.integer({ min: 1, max: 1e6 }), (others, wanted) => {
    assertEquals(nearest([...others, wanted], wanted), wanted);
  }));
});

Deno.test("nearestWindow is the nearest by ratio, the longer of two, and nothing of none", () => {
  assertEquals(nearest([1_000, 5_000, 300_000], 60_000), 300_000);
  assertEquals(nearest([1_000, 5_000], 60_000), 5_000);
  assertEquals(nearest([1_000, 100_000], 10_000), 100_000);
  assertEquals(nearest([], 60_000), undefined);
});
