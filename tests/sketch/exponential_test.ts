import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { SCHEMA_MAX, SCHEMA_MIN } from "../../src/model/model.ts";
import { coarser, indexOf, upperBoundOf } from "../../src/sketch/exponential.ts";
import { numberOf, testCases } from "../_support/cases.ts";
import { exactIndexOf, nextDown, nextUp } from "../_support/sketch/doubles.ts";

const SCHEMAS = Array.from({ length: SCHEMA_MAX - SCHEMA_MIN + 1 }, (_, i) => SCHEMA_MIN + i);
const NORMAL_MIN = 2 ** -1_022;

function assertExact(value: number, schema: number): void {
  const index = indexOf(value, schema);
  const exact = exactIndexOf(value, schema);
  if (index !== exact) throw new Error(`${value} at schema ${schema} is in bucket ${exact}, got ${index}`);
}

for (const schema of SCHEMAS) {
  Deno.test(`indexOf at schema ${schema} is exact at every boundary and its neighbours`, () => {
    const buckets = 2 ** Math.max(schema, 0);
    for (const octave of [-1_022, -1_021, -128, -1, 0, 1, 5, 1_022, 1_023]) {
      for (let within = 0; within < buckets; within++) {
        const boundary = upperBoundOf(octave * buckets + within, Math.max(schema, 0));
        for (const value of [boundary, nextUp(boundary), nextUp(nextUp(boundary))]) assertExact(value, schema);
        if (boundary > NORMAL_MIN) assertExact(nextDown(boundary), schema);
      }
    }
  });

  Deno.test(`indexOf at schema ${schema} is exact at every power of two and its neighbours`, () => {
    for (let exponent = -1_074; exponent <= 1_023; exponent++) {
      // A power is made without rounding also where it is subnormal.
      const power = exponent < -1_022 ? 2 ** (exponent + 200) * 2 ** -200 : 2 ** exponent;
      assertEquals(indexOf(power, schema), Math.ceil(exponent * 2 ** schema));
      for (const value of [nextUp(power), nextDown(power)]) if (value > 0) assertExact(value, schema);
    }
    assertExact(Number.MAX_VALUE, schema);
    assertExact(nextDown(Number.MAX_VALUE), schema);
  });

  Deno.test(`upperBoundOf at schema ${schema} is the largest double of its bucket, for every bucket`, () => {
    const first = indexOf(nextUp(NORMAL_MIN), schema);
    const last = indexOf(Number.MAX_VALUE, schema);
    let wrong = 0;
    for (let index = first; index < last; index++) {
      const bound = upperBoundOf(index, schema);
      if (indexOf(bound, schema) !== index || indexOf(nextUp(bound), schema) !== index + 1) wrong += 1;
    }
    assertEquals(wrong, 0);
    assertEquals(upperBoundOf(last, schema), Number.MAX_VALUE);
  });
}

Deno.test("indexOf is exact for any double above zero at any schema", () => {
  const words = fc.tuple(fc.integer({ min: 0, max: 0x7fefffff }), fc.nat(0xffffffff));
  const view = new DataView(new ArrayBuffer(8));
  fc.assert(
    fc.property(words, fc.constantFrom(...SCHEMAS), ([high, low], schema) => {
      view.setUint32(0, high);
      view.setUint32(4, low);
      const value = view.getFloat64(0);
      if (value > 0) assertExact(value, schema);
    }),
    { seed: 7, numRuns: 3_000 },
  );
});

Deno.test("coarser returns the bucket of the next lower schema", () => {
  fc.assert(
    fc.property(fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }), (value) => {
      for (let schema = SCHEMA_MAX; schema > SCHEMA_MIN; schema--) {
        assertEquals(coarser(indexOf(value, schema)), indexOf(value, schema - 1));
      }
    }),
    { seed: 8, numRuns: 500 },
  );
});

Deno.test("schema 6 has buckets so narrow that their middle is within 0.55 % of each of their values", () => {
  for (let index = -6_400; index < 6_400; index++) {
    const low = upperBoundOf(index - 1, 6);
    const high = upperBoundOf(index, 6);
    assertLessOrEqual((high - low) / (high + low), 0.0055);
  }
});

testCases<{ key: number; schema: number; want: number | string }>(
  "upperBoundOf gives the bounds of client_golang",
  "native-histogram/client_golang.TestGetLe.json",
  (cases) => {
    for (const { key, schema, want } of cases) assertBound(upperBoundOf(key, schema), numberOf(want));
  },
);

testCases<{ idx: number; schema: number; want: number | string }>(
  "upperBoundOf gives the bounds of Prometheus",
  "native-histogram/prometheus.TestGetBoundExponential.json",
  (cases) => {
    for (const { idx, schema, want } of cases) assertBound(upperBoundOf(idx, schema), numberOf(want));
  },
);

testCases<{ mapping: string; scale: number; value_to_otel_index: [number, number][] }>(
  "indexOf is one above the index of OpenTelemetry",
  "otlp/exponential-mapping.opentelemetry-js.json",
  (cases) => {
    for (const { scale, value_to_otel_index } of cases) {
      if (scale < SCHEMA_MIN || scale > SCHEMA_MAX) continue;
      for (const [value, index] of value_to_otel_index) {
        // They count subnormal values as the least normal one.
        if (value >= NORMAL_MIN) assertEquals([scale, value, indexOf(value, scale)], [scale, value, index + 1]);
      }
    }
  },
);

/** Theirs come from a table that was computed in doubles, so they may be one double away from the exact bound. */
function assertBound(actual: number, expected: number): void {
  if (!Number.isFinite(expected)) assertEquals(actual, expected);
  else assert([actual, nextUp(actual), nextDown(actual)].includes(expected), `${actual} is not ${expected}`);
}
