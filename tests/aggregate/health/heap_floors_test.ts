import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { HeapFloors } from "../../../src/aggregate/health/heap_floors.ts";

const WINDOW_MS = 300_000;

/** Floors of a heap that is looked at each second. */
function floorsOf(bytesAt: (ms: number) => number, endMs: number, startMs: number = 0): HeapFloors {
  const floors = new HeapFloors(WINDOW_MS);
  for (let ms = startMs; ms <= endMs; ms += 1_000) floors.note(bytesAt(ms), ms);
  return floors;
}

Deno.test("HeapFloors reports no growth before the window has nearly passed", () => {
  const floors = floorsOf((ms) => 1e6 + ms, 239_000);
  assertEquals(floors.growth(239_999), undefined);
  assertEquals(floorsOf((ms) => 1e6 + ms, 240_000).growth(240_000) === undefined, false);
  assertEquals(new HeapFloors(WINDOW_MS).growth(0), undefined);
});

Deno.test("HeapFloors detects a leak through any sawtooth, and none where there is none", () => {
  const leak = fc.constantFrom(0, 1e6, 50e6, 200e6);
  fc.assert(
    fc.property(leak, fc.integer({ min: 2, max: 14 }), fc.nat(1_000_000), (leakPerWindow, periodS, offsetS) => {
      const startMs = offsetS * 1_000;
      const sawtooth = (ms: number) => (ms / 1_000 % periodS) * 10e6;
      const bytesAt = (ms: number) => 100e6 + leakPerWindow * (ms - startMs) / WINDOW_MS + sawtooth(ms);
      const endMs = startMs + WINDOW_MS * 1.5;
      const growth = floorsOf(bytesAt, endMs, startMs).growth(endMs);
      assert(growth !== undefined);
      assertAlmostEquals(growth.bytes, leakPerWindow, Math.max(2e6, leakPerWindow * 0.1));
    }),
    { numRuns: 30 },
  );
});

Deno.test("HeapFloors measures growth against the lowest floor", () => {
  const growth = floorsOf((ms) => ms < WINDOW_MS ? 100e6 : 100e6 * ms / WINDOW_MS, 2 * WINDOW_MS).growth(2 * WINDOW_MS);
  assertAlmostEquals(growth?.ratio ?? 0, 1, 0.01);
});

Deno.test("HeapFloors is not moved by a heap that grows once and stays, and forgets what is long ago", () => {
  const once = floorsOf((ms) => ms < 60_000 ? 10e6 : 80e6, WINDOW_MS).growth(WINDOW_MS);
  assertEquals(once?.bytes, 0);
  const floors = floorsOf((ms) => 10e6 + 100 * ms, WINDOW_MS);
  assertEquals(floors.growth(3 * WINDOW_MS), undefined);
});
