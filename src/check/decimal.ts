/**
 * Arithmetic on numbers as they are written: 0.1 is a tenth, not the double next to it. A result is the double next to
 * what comes out in decimals, so that nobody sees digits in a label that nobody meant.
 *
 * @module
 */

/** A double holds every decimal of so many digits; one with more comes out of a computation. */
const WRITTEN_DIGITS_MAX = 15;
/** Decimals of at most so many digits are short. */
const SHORT_DIGITS_MAX = 12;

/** `digits` times ten to the power of `exponent`. */
export interface Decimal {
  /** All digits, and the sign. */
  readonly digits: bigint;
  /** The power of ten that they are multiplied by. */
  readonly exponent: number;
}

/** The shortest decimal that stands for a number, which must be finite. */
export function decimalOf(value: number): Decimal {
  const [mantissa, power] = value.toExponential().split("e");
  const [whole, fraction = ""] = mantissa.split(".");
  return { digits: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}

/** The number next to a decimal; infinite if it is out of range. */
export function numberOf({ digits, exponent }: Decimal): number {
  return Number(`${digits}e${exponent}`);
}

/** A sum, exact. */
export function add(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  const digitsOf = (each: Decimal) => each.digits * 10n ** BigInt(each.exponent - exponent);
  return { digits: digitsOf(a) + digitsOf(b), exponent };
}

/** A product, exact. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, exponent: a.exponent + b.exponent };
}

/** A number times a power of ten: 4.1 ms, scaled by −3, are 0.0041 s, where 4.1 / 1,000 is 0.0040999999999999995. */
export function scale(value: number, power: number): number {
  return Number.isFinite(value) ? numberOf(multiply(decimalOf(value), { digits: 1n, exponent: power })) : value;
}

/** Whether a number looks as if it was written down, not computed. */
export function isWritten({ digits }: Decimal): boolean {
  return `${digits}`.replace("-", "").length <= WRITTEN_DIGITS_MAX;
}

/** The shortest decimal that is short and no farther from a number than a tolerance; else the number. */
export function shortened(value: number, tolerance: number): number {
  if (Math.abs(value) <= tolerance) return 0;
  for (let digits = 1; digits <= SHORT_DIGITS_MAX; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.abs(short - value) <= tolerance) return short;
  }
  return value;
}
