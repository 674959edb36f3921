/**
 * The bucket boundaries of base-2 exponential histograms, exactly as Prometheus native histograms
 * and OpenTelemetry define them: at schema s the base is 2^(2^−s), and bucket i holds the values
 * in (base^(i−1), base^i]. Schema 6 has 64 buckets to a power of two, 1.1 % wide each.
 *
 * An index is found by a table look-up on the leading bits of the mantissa and one comparison with
 * an exact boundary, five times cheaper than a logarithm and never off by one.
 *
 * Source: Prometheus native histogram specification; OpenTelemetry data model, "Exponential
 * Histogram"; the look-up after Y. Zhao's proposal in opentelemetry-specification issue 1776.
 *
 * @module
 */

/** The coarsest schema. */
export const SCHEMA_MIN = -4;
/** The finest schema. */
export const SCHEMA_MAX = 8;

const MANTISSA_BITS = 52;
const EXPONENT_BIAS = 1_023;
const TWO_32 = 2 ** 32;
/** Below this, doubles are subnormal and have no leading one bit. */
const NORMAL_MIN = 2 ** -1_022;

const scratch = new Float64Array(1);
const scratchWords = new Uint32Array(scratch.buffer);
// Every platform that Deno and V8 run on is little-endian.
const LOW = 0;
const HIGH = 1;

/** Maps values above zero to bucket indices, at one schema. */
export class ExponentialMapping {
  /** The schema. */
  readonly schema: number;
  readonly #bucketsPerOctave: number;
  /** Right shift from the mantissa's 20 high bits to a table position. */
  readonly #tableShift: number;
  /** By leading mantissa bits: how many boundaries lie below the cell's first value. */
  readonly #table: Uint16Array;
  /** By count of boundaries below: the next boundary, as a mantissa. */
  readonly #boundaries: Float64Array;

  /** Use {@linkcode mappingOf}, which makes each only once. */
  constructor(schema: number) {
    this.schema = schema;
    this.#bucketsPerOctave = schema > 0 ? 2 ** schema : 1;
    this.#boundaries = mantissaBoundaries(Math.max(schema, 0));
    // Twice as many cells as buckets: then no cell holds two boundaries.
    const tableBits = Math.max(schema, 0) + 1;
    this.#tableShift = 20 - tableBits;
    this.#table = new Uint16Array(2 ** tableBits);
    let below = 0;
    for (let cell = 0; cell < this.#table.length; cell++) {
      const first = cell * 2 ** (MANTISSA_BITS - tableBits);
      while (this.#boundaries[below] < first) below += 1;
      this.#table[cell] = below;
    }
  }

  /** The bucket of a value above zero. */
  indexOf(value: number): number {
    if (value < NORMAL_MIN) return this.#indexOfSubnormal(value);
    scratch[0] = value;
    return this.#indexOfBits(scratchWords[HIGH], scratchWords[LOW], 0);
  }

  /** The upper bound of a bucket, inclusive. */
  upperBoundOf(index: number): number {
    const octave = Math.floor(index * 2 ** -this.schema);
    const within = this.schema > 0 ? index - octave * this.#bucketsPerOctave : 0;
    // The last bucket ends at 2^1024, one step past the largest double.
    if (octave === 1_024 && within === 0) return Number.MAX_VALUE;
    return (1 + this.#boundaries[within] / 2 ** MANTISSA_BITS) * powerOfTwo(octave);
  }

  #indexOfSubnormal(value: number): number {
    scratch[0] = value * 2 ** MANTISSA_BITS;
    return this.#indexOfBits(scratchWords[HIGH], scratchWords[LOW], MANTISSA_BITS);
  }

  #indexOfBits(high: number, low: number, scaledBy: number): number {
    const octave = (high >>> 20) - EXPONENT_BIAS - scaledBy;
    const mantissaHigh = high & 0xfffff;
    const mantissa = mantissaHigh * TWO_32 + low;
    const below = this.#table[mantissaHigh >>> this.#tableShift];
    const within = mantissa > this.#boundaries[below] ? below + 1 : below;
    const schema = this.schema;
    if (schema >= 0) return octave * this.#bucketsPerOctave + within;
    // Coarser than a power of two: the octave's own bucket number, divided and rounded up.
    return Math.ceil((octave + within) * 2 ** schema);
  }
}

/** The power of two at or next below a value above zero, as an exponent; subnormals give −1,023. */
export function octaveOf(value: number): number {
  scratch[0] = value;
  return (scratchWords[HIGH] >>> 20) - EXPONENT_BIAS;
}

const mappings: (ExponentialMapping | undefined)[] = [];

/** The mapping of a schema, {@linkcode SCHEMA_MIN} to {@linkcode SCHEMA_MAX}. */
export function mappingOf(schema: number): ExponentialMapping {
  return mappings[schema - SCHEMA_MIN] ??= new ExponentialMapping(schema);
}

/** The bucket that holds bucket `index` when the schema is lowered by one. */
export function coarser(index: number): number {
  return (index + 1) >> 1;
}

/**
 * The boundaries of one power of two, as 52-bit mantissas rounded down: a double lies above the
 * true, irrational boundary exactly if its mantissa is larger. Computed in fixed point with 192
 * fractional bits, so that the rounding is exact.
 */
function mantissaBoundaries(schema: number): Float64Array {
  const fraction = 192n;
  const one = 1n << fraction;
  let base = 2n * one;
  for (let i = 0; i < schema; i++) base = integerSquareRoot(base * one);
  const count = 2 ** schema;
  const boundaries = new Float64Array(count + 1);
  let power = one;
  for (let k = 0; k < count; k++) {
    boundaries[k] = Number((power - one) >> (fraction - BigInt(MANTISSA_BITS)));
    power = (power * base) >> fraction;
  }
  boundaries[count] = Number.POSITIVE_INFINITY;
  return boundaries;
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
