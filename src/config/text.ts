/**
 * Settings written as text, as variables are, read strictly. What cannot be read is refused as it
 * was given.
 *
 * @module
 */

import { scale } from "../check/decimal.ts";
import { checkBuckets } from "./lists.ts";
import { type Check, type Place, refusal } from "../check/place.ts";

/** Gives what a text means, or throws. */
export type CheckText<Value> = (place: Place, text: string) => Value;

/** A number in decimal notation, such as `"64"` or `"0.25"`: no sign, no exponent, no spaces. */
export function parseDecimal(text: string): number | undefined {
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** A number in decimal notation that passes a check. */
export function numeric(check: Check<number>): CheckText<number> {
  return (place, text) => check(place, parseDecimal(text) ?? text);
}

/** `"true"` or `"1"`, `"false"` or `"0"`, in upper or lower case. */
export function checkSwitch(place: Place, text: string): boolean {
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "1") return true;
  if (lower === "false" || lower === "0") return false;
  throw refusal(place, 'be "true", "false", "1" or "0"', text, true);
}

/** Classic bounds as milliseconds between commas, in seconds. */
export function checkBucketsText(place: Place, text: string): readonly number[] {
  const boundsMs = text.split(",").map((part) => parseDecimal(part.trim()));
  if (boundsMs.includes(undefined)) throw refusal(place, 'be milliseconds such as "25,50,100"', text, true);
  return checkBuckets(place, boundsMs).map((boundMs) => scale(boundMs, -3));
}
