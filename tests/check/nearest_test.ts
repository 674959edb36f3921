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
    ["", undefined],
    ["zzzz", undefined],
  ];
  for (const [given, expected] of cases) assertEquals([given, nearest(given, known)], [given, expected]);
  assertEquals(nearest("port", []), undefined);
});

Deno.test("editDistance counts insertions, deletions and replacements", () => {
  const cases: [string, string, number][] = [["", "", 0], ["", "abc", 3], ["kitten", "sitting", 3], ["ab", "ba", 2]];
  for (const [a, b, expected] of cases) assertEquals([a, b, editDistance(a, b)], [a, b, expected]);
});

Deno.test("editDistance is a metric: zero for the same only, symmetric, no detour is shorter", () => {
  const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "_"), maxLength: 8 });
  fc.assert(
    fc.property(word, word, word, (a, b, c) => {
      const distance = editDistance(a, b);
      assertEquals(distance === 0, a === b);
      assertEquals(distance, editDistance(b, a));
      assertEquals(distance <= editDistance(a, c) + editDistance(c, b), true);
      assertEquals(distance <= Math.max(a.length, b.length), true);
    }),
    { seed: 11, numRuns: 300 },
  );
});
