import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { editDistance, nearest } from "../../src/check/nearest.ts";

Deno.test("nearest finds the name that takes the fewest edits, and none that shares too little", () => {
  const known = ["sampling_rate", "series_max", "host", "port"];
  const cases: [given: string, expected: string | undefined][] = [
    ["sampling_rat", "sampling_rate"],
    ["samplingRate", "sampling_rate"],
    ["max_series", undefined],
    ["prot", "port"],
    ["host", "host"],
    ["sreies_mxa", "series_max"],
    ["cors", undefined],
    ["", undefined],
    ["zzzz", undefined],
  ];
  for (const [given, expected] of cases) assertEquals([given, nearest(given, known)], [given, expected]);
  assertEquals(nearest("port", []), undefined);
});

Deno.test("editDistance counts insertions, deletions, replacements and swapped neighbours", () => {
  const cases: [string, string, number][] = [["", "", 0], ["", "abc", 3], ["kitten", "sitting", 3], ["ab", "ba", 1], [
    "ca",
    "abc",
    3,
  ]];
  for (const [a, b, expected] of cases) assertEquals([a, b, editDistance(a, b)], [a, b, expected]);
});

Deno.test("editDistance is zero for the same only, symmetric, and at most the longer length", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "_"), maxLength: 8 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b);
      assertEquals(distance === 0, a === b);
      assertEquals(distance, editDistance(b, a));
      assertEquals(distance <= Math.max(a.length, b.length), true);
    }),
    { seed: 11, numRuns: 300 },
  );
});
