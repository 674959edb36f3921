import { assertEquals } from "@std/assert";
import { gapsOf, roundBytes, roundTimes, roundValues } from "../../../src/dashboard/plots/axes.ts";

Deno.test("gapsOf returns runs of unknown columns between known ones", () => {
  assertEquals(gapsOf([false, true, false, false, true, true, false]), [[2, 3]]);
  assertEquals([gapsOf([]), gapsOf([false]), gapsOf([true, true])], [[], [], []]);
});

Deno.test("roundTimes, roundValues and roundBytes return round values within the range, and not too many", () => {
  assertEquals(roundTimes(61, 181, 3), [120, 180]);
  assertEquals(roundTimes(0, 0, 3), [0]);
  assertEquals(roundValues(0.0008, 0.03, 6), [0.001, 0.002, 0.005, 0.01, 0.02]);
  assertEquals(roundValues(0.0012, 0.0019, 8), [0.0012, 0.0013, 0.0014, 0.0015, 0.0016, 0.0017, 0.0018, 0.0019]);
  assertEquals(roundValues(1e-9, 1e9, 6).length <= 6, true);
  assertEquals(roundBytes(500, 9_000, 6), [512, 1_024, 2_048, 4_096, 8_192]);
  assertEquals(roundBytes(500, 9_000, 3), [512, 2_048, 8_192]);
});
