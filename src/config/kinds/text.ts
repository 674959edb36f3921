/**
 * Checks of settings in text form, such as variables. They are strict: a malformed text is refused as given.
 *
 * @module
 */

import { scale } from "../../check/decimal.ts";
import { checkBuckets } from "./lists.ts";
import { type Check, type Place, refusal } from "../../check/place.ts";

/** Returns the value of a text, or throws. */
export type CheckText<Value> = (place: Place, text: string) => Value;

/** Parses a number in decimal notation, such as `"64"` or `"0.25"`: no sign, no exponent, no spaces. */
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

/** Comma-separated parts. */
export function partsOf(text: string): string[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/** Comma-separated classic bounds: durations, or bare numbers of milliseconds; in seconds. */
export function checkBucketsText(place: Place, text: string): readonly number[] {
  const parts = text.split(",").map((part) => part.trim());
  const boundsMs = parts.map(parseDecimal);
  if (!boundsMs.includes(undefined)) return checkBuckets(place, boundsMs).map((boundMs) => scale(boundMs!, -3));
  if (boundsMs.every((bound) => bound === undefined) && parts.every((part) => /^[\d.]+[a-z]+$/.test(part))) {
    return checkBuckets(place, parts);
  }
  throw refusal(place, 'be durations such as "25ms,1s", or milliseconds such as "25,50,100"', text, true);
}
