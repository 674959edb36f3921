import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { pack, PACKABLE_END, unpack } from "../../src/sketch/packing.ts";
import { randomFrom } from "../_support/random.ts";

const count = fc.oneof(
  { weight: 5, arbitrary: fc.constant(0) },
  { weight: 5, arbitrary: fc.nat(20) },
  { weight: 2, arbitrary: fc.nat(70_000) },
  { weight: 1, arbitrary: fc.constantFrom(PACKABLE_END - 1, PACKABLE_END - 2, PACKABLE_END / 2) },
);

Deno.test("unpack returns the counts that were packed, whatever they are, and the first of them", () => {
  fc.assert(
    fc.property(fc.array(count, { maxLength: 400, size: "max" }), fc.nat(60), fc.nat(400), (counts, head, first) => {
      const packed = pack(Float64Array.from(counts), head);
      assertEquals(Array.from(unpack(packed, head, counts.length)), counts);
      const length = Math.min(first, counts.length);
      assertEquals(Array.from(unpack(packed, head, length)), counts.slice(0, length));
    }),
    { seed: 51, numRuns: 500 },
  );
});

Deno.test("unpack returns counts that swing between the smallest and the largest", () => {
  const counts = Array.from({ length: 5_000 }, (_, i) => i % 2 === 0 ? 0 : PACKABLE_END - 1);
  assertEquals(Array.from(unpack(pack(Float64Array.from(counts), 0), 0, counts.length)), counts);
});

Deno.test("pack takes a bit for an empty bucket, and less than a byte for a smooth count", () => {
  assertLess(pack(new Float64Array(8_000), 0).length, 1_010);
  const random = randomFrom(52);
  // About 100 each, with the noise of counting: more than 6 bits as they are, and 3.3 + 1.6 of noise.
  const noisy = Float64Array.from({ length: 8_000 }, () => {
    let total = 0;
    for (let i = 0; i < 200; i++) if (random() < 0.5) total += 1;
    return total;
  });
  assertLess(pack(noisy, 0).length, 6_000);
});
