import { assertAlmostEquals, assertEquals, assertLessOrEqual, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { indexOf, ZERO_THRESHOLD } from "../../src/sketch/exponential.ts";
import { SCHEMA_MIN } from "../../src/model/model.ts";
import { BUCKETS_MAX, lowered, Moment, Sketch } from "../../src/sketch/sketch.ts";
import { freeze } from "../../src/sketch/slice.ts";
import { batchOf, contentIn, contentOf, type Weighted } from "../_support/sketch/model.ts";

const value = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 2, arbitrary: fc.constantFrom(0, -0, 1, -1, 2 ** -128, 2 ** -127, -(2 ** -128), Number.MIN_VALUE, 1e300) },
);
const weighted = fc.record({ value, weight: fc.integer({ min: 1, max: 1_000 }) });
const manyWeighted = fc.array(weighted, { maxLength: 150, size: "max" });
const schema = fc.constantFrom(-4, -1, 0, 3, 6, 8);

function sketchOf(values: readonly Weighted[], schema: number): Sketch {
  const sketch = new Sketch(schema);
  for (const { value, weight } of values) sketch.record(value, weight);
  return sketch;
}

/** Buckets between the first and last in use, on the wider side. */
function widthOf({ positive, negative }: Sketch): number {
  return Math.max(positive.counts.length, negative.counts.length);
}

function assertHolds(sketch: Sketch, values: readonly Weighted[], schemaFirst: number): void {
  assertEquals(contentIn(sketch), contentOf(values, sketch.schema));
  const sum = values.reduce((total, { value, weight }) => total + value * weight, 0);
  const scale = values.reduce((total, { value, weight }) => total + Math.abs(value * weight), 0);
  if (Number.isFinite(scale)) assertAlmostEquals(sketch.moments[Moment.sum], sum, scale * 1e-12);
  assertLessOrEqual(widthOf(sketch), BUCKETS_MAX);
  // The resolution is lowered only as far as it must be.
  if (sketch.schema < schemaFirst) {
    const { positive, negative } = contentOf(values, sketch.schema + 1);
    const widths = [positive, negative].map((side) =>
      side.length === 0 ? 0 : side[side.length - 1][0] - side[0][0] + 1
    );
    assertEquals(Math.max(...widths) > BUCKETS_MAX, true);
  }
}

Deno.test("Sketch.record is a map from bucket to count, with negative values, zero and any spread", () => {
  fc.assert(
    fc.property(schema, manyWeighted, (schema, values) => assertHolds(sketchOf(values, schema), values, schema)),
    { seed: 9, numRuns: 500 },
  );
});

Deno.test("Sketch.recordRun of a batch is record of its values", () => {
  fc.assert(
    fc.property(schema, manyWeighted, fc.nat(10), (schema, values, skipped) => {
      const batch = batchOf(values, skipped);
      const sketch = new Sketch(schema);
      const middle = skipped + (values.length >> 1);
      sketch.recordRun(batch, skipped, middle);
      sketch.recordRun(batch, middle, skipped + values.length);
      assertHolds(sketch, values, schema);
    }),
    { seed: 10, numRuns: 500 },
  );
});

Deno.test("Sketch.merge is record of both, of sketches and of slices, at the coarser schema", () => {
  fc.assert(
    fc.property(schema, schema, manyWeighted, manyWeighted, fc.boolean(), (first, second, a, b, isFrozen) => {
      const merged = sketchOf(a, first);
      const other = sketchOf(b, second);
      merged.merge(isFrozen ? freeze(other) : other);
      assertEquals(contentIn(merged), contentOf([...a, ...b], merged.schema));
      assertLessOrEqual(widthOf(merged), BUCKETS_MAX);
      assertEquals(contentIn(other), contentOf(b, other.schema), "the other one stays as it was");
    }),
    { seed: 11, numRuns: 400 },
  );
});

Deno.test("Sketch.merge does not depend on the order", () => {
  fc.assert(
    fc.property(fc.array(manyWeighted, { minLength: 2, maxLength: 5, size: "max" }), (parts) => {
      const mergeAll = (parts: readonly Weighted[][]) => {
        const total = new Sketch(6);
        for (const part of parts) total.merge(sketchOf(part, 6));
        return total;
      };
      const forwards = mergeAll(parts);
      const backwards = mergeAll(parts.toReversed());
      assertEquals(contentIn(forwards), contentIn(backwards));
      assertEquals(forwards.schema, backwards.schema);
    }),
    { seed: 12, numRuns: 200 },
  );
});

Deno.test("Sketch.merge is associative, at any schemas, of sketches and of slices", () => {
  const part = fc.record({ values: manyWeighted, schema, isFrozen: fc.boolean() });
  fc.assert(
    fc.property(part, part, part, (a, b, c) => {
      const made = ({ values, schema, isFrozen }: typeof a) => {
        const sketch = sketchOf(values, schema);
        return isFrozen ? freeze(sketch) : sketch;
      };
      const first = sketchOf(a.values, a.schema);
      first.merge(made(b));
      first.merge(made(c));
      const later = sketchOf(b.values, b.schema);
      later.merge(made(c));
      const last = sketchOf(a.values, a.schema);
      last.merge(later);
      assertEquals(first.schema, last.schema);
      assertEquals(contentIn(first), contentIn(last));
    }),
    { seed: 14, numRuns: 300 },
  );
});

Deno.test("Sketch halves its resolution only when the values spread past its buckets", () => {
  const octaves = BUCKETS_MAX / 64;
  const sketch = sketchOf([{ value: 1, weight: 1 }, { value: 2 ** (octaves - 1), weight: 1 }], 6);
  assertEquals(sketch.schema, 6);
  sketch.record(2 ** (octaves + 1), 1);
  assertEquals(sketch.schema, 5);
  sketch.record(Number.MAX_VALUE, 1);
  sketch.record(-Number.MAX_VALUE, 1);
  sketch.record(2 ** -127, 1);
  assertEquals(sketch.schema, 1);
  assertEquals(sketch.count, 6);
});

Deno.test("Sketch at the coarsest schema holds all doubles there are", () => {
  const sketch = sketchOf([2 ** -127, 1, Number.MAX_VALUE].map((value) => ({ value, weight: 1 })), SCHEMA_MIN);
  assertEquals([sketch.schema, contentIn(sketch).positive], [SCHEMA_MIN, [[-7, 1], [0, 1], [64, 1]]]);
});

Deno.test("Sketch.clear forgets everything and is as fine as at first", () => {
  fc.assert(
    fc.property(manyWeighted, manyWeighted, (before, after) => {
      const sketch = sketchOf(before, 6);
      sketch.clear();
      assertEquals(sketch.schema, 6);
      assertEquals(contentIn(sketch), contentOf([], 6));
      for (const { value, weight } of after) sketch.record(value, weight);
      assertHolds(sketch, after, 6);
    }),
    { seed: 13, numRuns: 200 },
  );
});

Deno.test("freeze copies a sketch, counts of any size included, and does not follow it", () => {
  for (const weight of [1, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 40]) {
    const values = [{ value: 3, weight }, { value: -5, weight: 2 }, { value: 0, weight: 1 }];
    const sketch = sketchOf(values, 6);
    const slice = freeze(sketch);
    sketch.record(3, 1);
    assertEquals(contentIn(slice), contentOf(values, 6));
  }
});

Deno.test("Sketch.recordRun marks the values in a set of buckets, and those without a bucket", () => {
  const value = fc.oneof(fc.double({ min: 0.01, max: 100, noNaN: true }), fc.constantFrom(0, -1, 2 ** -128));
  const isMarked = fc.array(fc.constantFrom(0, 1), { maxLength: 30 });
  fc.assert(
    fc.property(
      fc.array(value, { maxLength: 60 }),
      fc.integer({ min: -40, max: 40 }),
      isMarked,
      (values, low, isMarked) => {
        const batch = batchOf(values.map((value) => ({ value, weight: 1 })), 3);
        const expected = values.flatMap((value, at) => {
          const bucket = value > ZERO_THRESHOLD ? indexOf(value, 3) : undefined;
          return bucket === undefined || isMarked[bucket - low] === 1 ? [3 + at] : [];
        });
        const sketch = new Sketch(3);
        // At first no bucket is allocated, then all are.
        for (const _ of [1, 2]) {
          sketch.recordRun(batch, 3, 3 + values.length, { low, isMarked: Uint8Array.from(isMarked) });
          assertEquals(Array.from(batch.marked.subarray(0, batch.markedCount)), expected);
        }
      },
    ),
    { seed: 15, numRuns: 500 },
  );
});

Deno.test("Sketch halves its resolution past 4,096 buckets on either side, however the values came", () => {
  const inBucket = (bucket: number) => 2 ** ((bucket - 0.5) / 64);
  for (const sign of [1, -1]) {
    for (const [bucket, schema] of [[BUCKETS_MAX, 6], [BUCKETS_MAX + 1, 5], [4 * BUCKETS_MAX, 4]]) {
      const values = [1, bucket].map((each) => ({ value: sign * inBucket(each), weight: 1 }));
      const halved: [schema: number, count: number][] = [];
      const sketch = new Sketch(
        6,
        ({ schema, positive, negative }) => halved.push([schema, positive.counts.length + negative.counts.length]),
      );
      for (const { value, weight } of values) sketch.record(value, weight);
      const merged = sketchOf(values.slice(0, 1), 6);
      merged.merge(sketchOf(values.slice(1), 6));
      for (const each of [sketch, merged]) {
        assertEquals([each.schema, contentIn(each)], [schema, contentOf(values, schema)]);
      }
      assertEquals(halved, [[6, bucket], [5, bucket / 2]].slice(0, 6 - schema) as typeof halved);
    }
  }
});

Deno.test("Sketch.merge of a sketch without values changes nothing", () => {
  const sketch = sketchOf([{ value: 5, weight: 1 }], 6);
  sketch.merge(new Sketch(3));
  assertEquals(sketch.schema, 6);
});

Deno.test("Sketch.room has the buckets above zero, and lowered those of a coarser schema, none too many", () => {
  const values = [1, 1.01, 3, 90].map((value) => ({ value, weight: 2 }));
  const { schema, moments, room, positive, negative } = sketchOf(values, 6);
  assertEquals(contentIn({ schema, moments, positive: room, negative }), contentOf(values, 6));
  assertEquals(lowered(positive, 2), sketchOf(values, 4).positive);
  assertEquals(lowered(negative, 2), negative);
  assertStrictEquals(lowered(positive, 0), positive, "no copy at its own schema");
});
