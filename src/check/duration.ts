/**
 * Durations in text form (`"5ms"`, `"1m"`), in milliseconds or seconds.
 *
 * @module
 */

import { decimalOf, multiply, numberOf, scale } from "./decimal.ts";
import { rangeError, typeError } from "./errors.ts";
import { checkAbove } from "./checks.ts";
import { type Check, fieldOf, refusal } from "./place.ts";

/** A duration such as `"250us"`, `"5ms"`, `"1s"`, `"5m"`, `"2h"`. */
export type Duration = `${number}${"us" | "ms" | "s" | "m" | "h"}`;

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  us: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Units of a formatted duration, the longest first. */
const WRITTEN_UNITS = ["h", "m", "s"];

const PATTERN = /^(\d+(?:\.\d+)?)(us|ms|s|m|h)$/;

/** Whether a text has the form of a duration. */
export function isDuration(text: string): text is Duration {
  return PATTERN.test(text);
}

/**
 * Parses a duration into milliseconds.
 *
 * @param text Decimal number and one of `us`, `ms`, `s`, `m`, `h`
 * @param action Refused action, for the error
 * @param field Field of the duration, for the error
 * @returns The duration in milliseconds, above zero
 * @throws {TypeError} If the text does not have the form of a duration
 * @throws {RangeError} If the duration is zero or not finite
 */
export function parseDuration(text: unknown, action: string, field: string): number {
  const match = typeof text === "string" ? PATTERN.exec(text) : null;
  if (match === null) {
    const form = typeof text === "string" && isDuration(text.replaceAll(/\s/g, "")) ? " without blanks," : "";
    throw typeError(action, field, `be a duration${form} such as "5ms", "1s" or "1m"`, text);
  }
  const number = Number(match[1]);
  const durationMs = Number.isFinite(number)
    ? numberOf(multiply(decimalOf(number), decimalOf(MS_PER_UNIT[match[2]])))
    : number;
  if (durationMs === Infinity) throw rangeError(action, field, "be finite", text);
  if (!(durationMs > 0)) throw rangeError(action, field, "be longer than zero", text);
  return durationMs;
}

/**
 * Parses a duration into seconds.
 *
 * @param text Duration, as for {@linkcode parseDuration}
 * @param action Refused action, for the error
 * @param field Field of the duration, for the error
 * @returns The duration in seconds, above zero
 * @throws {TypeError} If the text does not have the form of a duration
 * @throws {RangeError} If the duration is zero or not finite
 */
export function parseSeconds(text: unknown, action: string, field: string): number {
  return scale(parseDuration(text, action, field), -3);
}

/** A duration in a range, both ends included; in milliseconds. */
export function checkDuration(min: Duration, max: Duration): Check<number> {
  const [minMs, maxMs] = [min, max].map((end) => parseDuration(end, "check a duration", "its range"));
  return (place, given) => {
    const durationMs = parseDuration(given, place.action, fieldOf(place));
    if (durationMs < minMs || durationMs > maxMs) throw refusal(place, `be from ${min} to ${max}`, given, true);
    return durationMs;
  };
}

const checkPositive = checkAbove(0);

/** A number of seconds or a duration, above zero; in seconds. */
export const checkSeconds: Check<number> = (place, given) =>
  typeof given === "number" ? checkPositive(place, given) : checkDurationSeconds(place, given);

/** A duration above zero; in seconds. */
export const checkDurationSeconds: Check<number> = (place, given) => parseSeconds(given, place.action, fieldOf(place));

/** Formats milliseconds in the longest unit, from hours to seconds, that divides them; otherwise in `ms`. */
export function formatDuration(durationMs: number): string {
  const unit = WRITTEN_UNITS.find((each) => durationMs % MS_PER_UNIT[each] === 0) ?? "ms";
  return `${durationMs / MS_PER_UNIT[unit]}${unit}`;
}
