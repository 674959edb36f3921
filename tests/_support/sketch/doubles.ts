/**
 * Doubles and their neighbours, and the exact index of an exponential bucket.
 *
 * @module
 */

const value = new Float64Array(1);
const bits = new BigInt64Array(value.buffer);

/** The next larger double of one above zero. */
export function nextUp(double: number): number {
  value[0] = double;
  bits[0] += 1n;
  return value[0];
}

/** The next smaller double of one above zero. */
export function nextDown(double: number): number {
  value[0] = double;
  bits[0] -= 1n;
  return value[0];
}

/**
 * The bucket of a value above zero, in whole numbers only: with value = m·2^e and n = 2^schema
 * buckets to an octave, i is the least whole number with m^n · 2^(e·n) ≤ 2^i.
 */
export function exactIndexOf(double: number, schema: number): number {
  value[0] = double;
  const biased = Number((bits[0] >> 52n) & 0x7ffn);
  const fraction = bits[0] & ((1n << 52n) - 1n);
  const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
  const exponent = Math.max(biased, 1) - 1_075;
  if (schema < 0) return Math.ceil((ceilLog2(mantissa) + exponent) / 2 ** -schema);
  const buckets = 2 ** schema;
  return ceilLog2(mantissa ** BigInt(buckets)) + exponent * buckets;
}

/** The least whole number whose power of two is not below n, for n ≥ 1. */
function ceilLog2(n: bigint): number {
  if (n === 1n) return 0;
  const digits = (n - 1n).toString(16);
  return (digits.length - 1) * 4 + (32 - Math.clz32(parseInt(digits[0], 16)));
}
