/**
 * Arithmetic on decimals as written: 0.1 is a tenth, not the double nearest to it. A result is the double nearest to
 * the exact decimal, so that labels show no rounding errors.
 *
 * @module
 */

/** Maximum digits of a decimal that a double holds exactly; a number with more was computed. */
const WRITTEN_DIGITS_MAX = 15;
/** Maximum digits of a short decimal. */
const SHORT_DIGITS_MAX = 12;

/** A decimal: `digits` times ten to the power of `exponent`. */
export interface Decimal {
  /** All digits, with the sign. */
  readonly digits: bigint;
  /** Power of ten that the digits are multiplied by. */
  readonly exponent: number;
}

/** Shortest decimal of a finite number. */
export function decimalOf(value: number): Decimal {
  const [mantissa, power] = value.toExponential().split("e");
  const [whole, fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** Number nearest to a decimal; infinite if it is out of range. */
export function numberOf({ digits, exponent }: Decimal): number {
  return Number(`${digits}e${exponent}`);
}

/** Exact sum. */
export function add(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const digitsOf = (each: Decimal) => each.digits * 10n ** BigInt(each.exponent - exponent);
  return { digits: digitsOf(a) + digitsOf(b), exponent };
}

/** Exact product. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, exponent: a.exponent + b.exponent };
}

/** Multiplies by a power of ten: 4.1 ms scaled by −3 is 0.0041 s, where 4.1 / 1,000 is 0.0040999999999999995. */
export function scale(value: number, power: number): number {
  return Number.isFinite(value) ? numberOf(multiply(decimalOf(value), { digits: 1n, exponent: power })) : value;
}

/** Whether a decimal has few enough digits to have been written, not computed. */
export function isWritten({ digits }: Decimal): boolean {
  return `${digits}`.replace("-", "").length <= WRITTEN_DIGITS_MAX;
}

/** Shortest decimal within a tolerance of a number; the number itself if none is short. */
export function shortened(value: number, tolerance: number): number {
  if (Math.abs(value) <= tolerance) return 0;
  for (let digits = 1; digits <= SHORT_DIGITS_MAX; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.abs(short - value) <= tolerance) return short;
  }
  return value;
}
