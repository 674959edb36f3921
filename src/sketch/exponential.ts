/**
 * Bucket boundaries of base-2 exponential histograms, as defined by Prometheus native histograms and OpenTelemetry: at
 * schema s the base is 2^(2^−s), and bucket i holds the values in (base^(i−1), base^i]. Schema 6 has 64 buckets per
 * power of two, each 1.1 % wide.
 *
 * An index is found by a table look-up on the leading bits of the mantissa and, near a boundary, one comparison:
 * cheaper than a logarithm and never off by one. The table has the finest schema; buckets of a coarser schema are
 * unions of its buckets, found by a shift.
 *
 * Source: Prometheus native histogram specification; OpenTelemetry data model, "Exponential Histogram"; the look-up
 * follows Y. Zhao's proposal in opentelemetry-specification issue 1776.
 *
 * @module
 */

import { SCHEMA_MAX } from "../model/model.ts";

const BUCKETS_PER_OCTAVE = 2 ** SCHEMA_MAX;
const MANTISSA_BITS = 52;
/** Leading mantissa bits that select a cell: 16 KB of cells, one in 32 of which contains a boundary. */
const CELL_BITS = 13;
const CELL_SHIFT = 20 - CELL_BITS;
const EXPONENT_BIAS = 1_023;
/** Smallest normal double; smaller ones are subnormal. */
const NORMAL_MIN = 2 ** -1_022;

/** Bucket of values not above zero; below every bucket of every schema. */
export const NO_BUCKET = -(2 ** 30);

/** Largest magnitude that counts as zero, the default of Prometheus. */
export const ZERO_THRESHOLD = 2 ** -128;
/** Upper 32 bits of the threshold; larger values have larger or equal ones. */
const ZERO_THRESHOLD_HIGH = (EXPONENT_BIAS - 128) << 20;

/** Boundaries of a power of two as mantissas, followed by infinity. */
const mantissas = mantissaBoundaries();
/**
 * Number of boundaries below each cell of leading mantissa bits; its complement if a boundary lies within the cell.
 * Cells are so narrow that most contain no boundary, and none contains two.
 */
const cells = createCells();

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);
// Every platform that Deno and V8 support is little-endian.
const LOW = 0;
const HIGH = 1;

/**
 * Bucket of a normal double.
 *
 * @param value At least 2^−1022
 * @param shift {@linkcode shiftOf} of the schema
 */
export function bucketOf(value: number, shift: number): number {
  return coarsened(finestOf(value), shift);
}

/** Bucket of a coarser schema that contains a bucket of the finest schema. */
export function coarsened(finest: number, shift: number): number {
  return (finest + (1 << shift) - 1) >> shift;
}

/**
 * Finds the buckets of many values at the finest schema: {@linkcode NO_BUCKET} for values not above
 * {@linkcode ZERO_THRESHOLD}.
 *
 * @param values Finite numbers
 * @param words Memory of the values as 32-bit words
 * @param finest Receives the buckets
 * @param count Number of values
 */
export function findFinest(values: Float64Array, words: Int32Array, finest: Int32Array, count: number): void {
  // A local, because V8 would load a module's constant again for each value.
  const table = cells;
  for (let i = 0; i < count; i++) {
    const high = words[i * 2 + HIGH];
    const below = table[(high & 0xfffff) >> CELL_SHIFT];
    // 31 times out of 32 all values of the cell lie in one bucket, which a branch predictor learns.
    if (below >= 0 && high > ZERO_THRESHOLD_HIGH) {
      finest[i] = ((high >> 20) - EXPONENT_BIAS) * BUCKETS_PER_OCTAVE + below;
    } else finest[i] = values[i] > ZERO_THRESHOLD ? finestOf(values[i]) : NO_BUCKET;
  }
}

/** Bucket of a normal double above zero at the finest schema. */
function finestOf(value: number): number {
  scratch[0] = value;
  const high = scratchWords[HIGH];
  const octave = ((high >> 20) - EXPONENT_BIAS) * BUCKETS_PER_OCTAVE;
  const below = cells[(high & 0xfffff) >> CELL_SHIFT];
  if (below >= 0) return octave + below;
  const mantissa = (high & 0xfffff) * 2 ** 32 + (scratchWords[LOW] >>> 0);
  return octave + (mantissa > mantissas[~below] ? ~below + 1 : ~below);
}

/** Number of bits by which an index of the finest schema is shifted for a schema. */
export function shiftOf(schema: number): number {
  return SCHEMA_MAX - schema;
}

/** Bucket of any value above zero. */
export function indexOf(value: number, schema: number): number {
  const shift = shiftOf(schema);
  if (value >= NORMAL_MIN) return bucketOf(value, shift);
  return coarsened(bucketOf(value * 2 ** MANTISSA_BITS, 0) - MANTISSA_BITS * BUCKETS_PER_OCTAVE, shift);
}

/** Upper bound of a bucket, inclusive. */
export function upperBoundOf(index: number, schema: number): number {
  const finest = index * 2 ** shiftOf(schema);
  const octave = Math.floor(finest / BUCKETS_PER_OCTAVE);
  const within = finest - octave * BUCKETS_PER_OCTAVE;
  // The last bucket ends at 2^1024, one step past the largest double.
  if (octave === EXPONENT_BIAS + 1 && within === 0) return Number.MAX_VALUE;
  return (1 + mantissas[within] / 2 ** MANTISSA_BITS) * powerOfTwo(octave);
}

/** Bucket of the next lower schema that contains bucket `index`. */
export function coarser(index: number): number {
  return (index + 1) >> 1;
}

/**
 * Boundaries of one power of two, as 52-bit mantissas rounded down: a double lies above the true, irrational boundary
 * if and only if its mantissa is larger. Computed in fixed point with 192 fractional bits, so that the rounding is
 * exact.
 */
function mantissaBoundaries(): Float64Array {
  const fraction = 192n;
  const one = 1n << fraction;
  let base = 2n * one;
  for (let i = 0; i < SCHEMA_MAX; i++) base = integerSquareRoot(base * one);
  const boundaries = new Float64Array(BUCKETS_PER_OCTAVE + 1);
  let power = one;
  for (let k = 0; k < BUCKETS_PER_OCTAVE; k++) {
    boundaries[k] = Number((power - one) >> (fraction - BigInt(MANTISSA_BITS)));
    power = (power * base) >> fraction;
  }
  boundaries[BUCKETS_PER_OCTAVE] = Number.POSITIVE_INFINITY;
  return boundaries;
}

function createCells(): Int16Array {
  const table = new Int16Array(2 ** CELL_BITS);
  const width = 2 ** (MANTISSA_BITS - CELL_BITS);
  let below = 0;
  for (let cell = 0; cell < table.length; cell++) {
    while (mantissas[below] < cell * width) below += 1;
    table[cell] = mantissas[below] < (cell + 1) * width - 1 ? ~below : below;
  }
  return table;
}

function integerSquareRoot(n: bigint): bigint {
  let root = 1n << BigInt((n.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

function powerOfTwo(exponent: number): number {
  return exponent >= -1_022 ? 2 ** exponent : 2 ** (exponent + 200) * 2 ** -200;
}
