/**
 * The bucket boundaries of base-2 exponential histograms, exactly as Prometheus native histograms
 * and OpenTelemetry define them: at schema s the base is 2^(2^−s), and bucket i holds the values
 * in (base^(i−1), base^i]. Schema 6 has 64 buckets to a power of two, 1.1 % wide each.
 *
 * An index is found by a table look-up on the leading bits of the mantissa and one comparison with
 * an exact boundary, cheaper than a logarithm and never off by one. The tables are those of the
 * finest schema; each coarser one's buckets are unions of its buckets, found by a shift.
 *
 * Source: Prometheus native histogram specification; OpenTelemetry data model, "Exponential
 * Histogram"; the look-up after Y. Zhao's proposal in opentelemetry-specification issue 1776.
 *
 * @module
 */

import { SCHEMA_MAX } from "../model.ts";

const BUCKETS_PER_OCTAVE = 2 ** SCHEMA_MAX;
const MANTISSA_BITS = 52;
/** Leading mantissa bits that are compared as an integer. */
const LEADING_BITS = 31;
/** Twice as many table cells as buckets: then no cell holds two boundaries. */
const TABLE_BITS = SCHEMA_MAX + 1;
const EXPONENT_BIAS = 1_023;
/** The least double with a leading one bit; what lies below is subnormal. */
const NORMAL_MIN = 2 ** -1_022;

/** The boundaries of a power of two, as mantissas; behind the last one there is infinity. */
const mantissas = mantissaBoundaries();
/** Their leading bits. */
const leadingBits = Int32Array.from(mantissas, leadingBitsOf);
/** By leading mantissa bits: how many boundaries lie below the cell's first value. */
const boundariesBelow = countBoundariesBelow();

const scratch = new Float64Array(1);
const scratchWords = new Int32Array(scratch.buffer);
// Every platform that Deno and V8 run on is little-endian.
const LOW = 0;
const HIGH = 1;

/**
 * The bucket of a normal double.
 *
 * @param value At least 2^−1022
 * @param shift What {@linkcode shiftOf} gives for the schema
 */
export function bucketOf(value: number, shift: number): number {
  scratch[0] = value;
  return bucketOfBits(scratchWords[HIGH], scratchWords[LOW], shift);
}

/**
 * The bucket of a normal double above zero, given as its bits.
 *
 * @param high The upper 32 bits
 * @param low The lower 32 bits
 * @param shift What {@linkcode shiftOf} gives for the schema
 */
export function bucketOfBits(high: number, low: number, shift: number): number {
  const leading = ((high & 0xfffff) << 11) | (low >>> 21);
  const below = boundariesBelow[leading >> (LEADING_BITS - TABLE_BITS)];
  const distance = leadingBits[below] - leading;
  // A comparison by sign bit: half of the values lie above their cell's boundary, so no branch
  // predictor can guess them. Only what shares all leading bits with a boundary needs a closer look.
  const within = distance === 0 ? compareInFull(high, low, below) : below + (distance >>> 31);
  const finest = ((high >> 20) - EXPONENT_BIAS) * BUCKETS_PER_OCTAVE + within;
  return (finest + (1 << shift) - 1) >> shift;
}

/** How far an index of the finest schema is shifted for this one. */
export function shiftOf(schema: number): number {
  return SCHEMA_MAX - schema;
}

/** The bucket of any value above zero. */
export function indexOf(value: number, schema: number): number {
  const shift = shiftOf(schema);
  if (value >= NORMAL_MIN) return bucketOf(value, shift);
  const scaled = bucketOf(value * 2 ** MANTISSA_BITS, 0) - MANTISSA_BITS * BUCKETS_PER_OCTAVE;
  return (scaled + (1 << shift) - 1) >> shift;
}

/** The upper bound of a bucket, inclusive. */
export function upperBoundOf(index: number, schema: number): number {
  const finest = index * 2 ** shiftOf(schema);
  const octave = Math.floor(finest / BUCKETS_PER_OCTAVE);
  const within = finest - octave * BUCKETS_PER_OCTAVE;
  // The last bucket ends at 2^1024, one step past the largest double.
  if (octave === EXPONENT_BIAS + 1 && within === 0) return Number.MAX_VALUE;
  return (1 + mantissas[within] / 2 ** MANTISSA_BITS) * powerOfTwo(octave);
}

/** The bucket that holds bucket `index` when the schema is lowered by one. */
export function coarser(index: number): number {
  return (index + 1) >> 1;
}

/** Compares a mantissa with a boundary, all bits of it. */
function compareInFull(high: number, low: number, below: number): number {
  const mantissa = (high & 0xfffff) * 2 ** 32 + (low >>> 0);
  return mantissa > mantissas[below] ? below + 1 : below;
}

/**
 * The boundaries of one power of two, as 52-bit mantissas rounded down: a double lies above the
 * true, irrational boundary exactly if its mantissa is larger. Computed in fixed point with 192
 * fractional bits, so that the rounding is exact.
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

function leadingBitsOf(mantissa: number): number {
  // Beyond the last boundary lies none: no leading bits are larger.
  if (mantissa === Number.POSITIVE_INFINITY) return 2 ** LEADING_BITS - 1;
  return Math.floor(mantissa / 2 ** (MANTISSA_BITS - LEADING_BITS));
}

function countBoundariesBelow(): Uint16Array {
  const counts = new Uint16Array(2 ** TABLE_BITS);
  let below = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    const first = cell * 2 ** (MANTISSA_BITS - TABLE_BITS);
    while (mantissas[below] < first) below += 1;
    counts[cell] = below;
  }
  return counts;
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
