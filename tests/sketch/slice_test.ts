import { assertEquals, assertLess } from "@std/assert";
import fc from "fast-check";
import { PACKABLE_END } from "../../src/sketch/packing.ts";
import { Sketch } from "../../src/sketch/sketch.ts";
import { freeze } from "../../src/sketch/slice.ts";

const weight = fc.constantFrom(1, 2, 300, PACKABLE_END - 1, PACKABLE_END, 2 ** 40);
const record = fc.record({ value: fc.constantFrom(-200, -1, 0, 1e-3, 1, 1.1, 300), weight });

Deno.test("Slice has the schema, the moments and the buckets of its sketch, with counts of any size", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 8 }), fc.constantFrom(2, 6), (records, schema) => {
      const sketch = new Sketch(schema);
      for (const { value, weight } of records) sketch.record(value, weight);
      const slice = freeze(sketch);
      assertEquals(
        [slice.schema, slice.moments, slice.positive, slice.negative],
        [sketch.schema, sketch.moments, sketch.positive, sketch.negative],
      );
    }),
    { seed: 59, numRuns: 500 },
  );
});

Deno.test("Slice takes less memory than its sketch while no count is too large to be packed", () => {
  for (const [weight, isPacked] of [[PACKABLE_END - 1, true], [PACKABLE_END, false]] as const) {
    const sketch = new Sketch(6);
    for (const value of [0.001, 1, 1_000]) sketch.record(value, weight);
    const bytes = freeze(sketch).moments.buffer.byteLength;
    assertEquals(bytes < sketch.positive.counts.byteLength, isPacked);
    assertLess(bytes, 1.1 * sketch.positive.counts.byteLength);
  }
});
