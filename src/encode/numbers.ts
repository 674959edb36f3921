/**
 * Numbers in the text formats.
 *
 * @module
 */

import { EPOCH_MS_MAX } from "../platform/wall_clock.ts";
import type { ByteWriter } from "./byte_writer.ts";

const ZERO = 48;
const MINUS = 45;
const DOT = 46;
/** Maximum digits of a whole number that is written digit by digit. */
const DIGITS_MAX = 16;
const BILLION = 1e9;

/**
 * Writes a value: a whole number with all its digits, any other as the shortest decimal that parses to the same double.
 */
export function writeNumber(writer: ByteWriter, value: number): void {
  if (Number.isSafeInteger(value)) writeWhole(writer, value);
  else if (value === Infinity) writer.text("+Inf");
  else writer.text(value === -Infinity ? "-Inf" : String(value));
}

/** Whether a time in milliseconds since the epoch can be written: a date must be able to hold it. */
export function isTimestamp(timeMs: number): boolean {
  return Math.abs(timeMs) <= EPOCH_MS_MAX;
}

/** Writes a time for which {@linkcode isTimestamp} is true, as seconds with three decimals. */
export function writeSeconds(writer: ByteWriter, timeMs: number): void {
  const wholeMs = Math.floor(timeMs);
  const size = Math.abs(wholeMs);
  const seconds = Math.floor(size / 1_000);
  const rest = size - seconds * 1_000;
  if (wholeMs < 0) writer.byte(MINUS);
  writeWhole(writer, seconds);
  writer.reserve(4);
  const { bytes } = writer;
  let at = writer.length;
  bytes[at++] = DOT;
  bytes[at++] = ZERO + (rest / 100 | 0);
  bytes[at++] = ZERO + (rest / 10 | 0) % 10;
  bytes[at++] = ZERO + rest % 10;
  writer.length = at;
}

/**
 * Formats a bound or quantile, which is part of a series' name, in the only way that all writers use: the shortest
 * digits, with an exponent below 1e-4 and from 1e6 on, as in Go and Prometheus' own client libraries.
 */
export function shortestNumber(value: number): string {
  if (value === Infinity) return "+Inf";
  if (value === -Infinity) return "-Inf";
  const [digits, exponent] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 6) return String(value);
  return `${digits}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

/**
 * Formats a bound or quantile for OpenMetrics: always with a dot or an exponent.
 *
 * Source: OpenMetrics 1.0, "Considerations: Canonical Numbers".
 */
export function canonicalNumber(value: number): string {
  const text = shortestNumber(value);
  return Number.isInteger(value) && !text.includes("e") ? `${text}.0` : text;
}

function writeWhole(writer: ByteWriter, value: number): void {
  writer.reserve(DIGITS_MAX + 1);
  const { bytes } = writer;
  let at = writer.length;
  if (value < 0) bytes[at++] = MINUS;
  const size = Math.abs(value);
  if (size < BILLION) at = writeDigits(bytes, at, size, 1);
  else {
    // Division of 32-bit whole numbers is several times as fast.
    const high = Math.floor(size / BILLION);
    at = writeDigits(bytes, at, high, 1);
    at = writeDigits(bytes, at, size - high * BILLION, 9);
  }
  writer.length = at;
}

/** Writes a number of at most 32 bits with at least `digits` digits; returns the position after it. */
function writeDigits(bytes: Uint8Array, from: number, value: number, digitsMin: number): number {
  let digits = 1;
  for (let end = 10; value >= end; end *= 10) digits += 1;
  const end = from + Math.max(digits, digitsMin);
  let rest = value | 0;
  for (let at = end - 1; at >= from; at--) {
    const next = (rest / 10) | 0;
    bytes[at] = ZERO + rest - next * 10;
    rest = next;
  }
  return end;
}
