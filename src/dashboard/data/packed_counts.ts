/**
 * Compact counts for long histories: differences of keys, and counts, with seven bits per character. They are strings,
 * because a string takes about one byte per character, and a typed array some two hundred more.
 *
 * @module
 */

import type { Counts } from "./bucket_keys.ts";

/** Flag of all characters of a number except the last. */
const MORE = 0x80;
const BITS = 7;
/** Maximum number of characters of a number. */
const CHARACTERS_MAX = 5;

/** Packs counts into a string, which is empty for no counts. */
export function pack(counts: Counts): string {
  const codes = new Uint8Array(counts.length * CHARACTERS_MAX);
  let at = 0;
  const write = (number: number) => {
    let rest = number;
    for (; rest >= MORE; rest >>>= BITS) codes[at++] = (rest & (MORE - 1)) | MORE;
    codes[at++] = rest;
  };
  let before = 0;
  for (let i = 0; i < counts.length; i += 2) {
    // Only the first difference, which is from zero, can be negative.
    const step = counts[i] - before;
    write(i === 0 ? (step << 1) ^ (step >> 31) : step);
    write(counts[i + 1]);
    before = counts[i];
  }
  let text = "";
  for (let from = 0; from < at; from += PART) {
    text += String.fromCharCode(...codes.subarray(from, Math.min(at, from + PART)));
  }
  return text;
}

/** Number of arguments of a call that every engine accepts. */
const PART = 8_192;

/** Unpacks counts. */
export function unpack(text: string): Counts {
  const counts = new Int32Array(text.length);
  let [length, at, before] = [0, 0, 0];
  const read = () => {
    let number = 0;
    for (let shift = 0;; shift += BITS) {
      const code = text.charCodeAt(at++);
      number |= (code & (MORE - 1)) << shift;
      if (code < MORE) return number;
    }
  };
  while (at < text.length) {
    const step = read();
    before += length === 0 ? (step >>> 1) ^ -(step & 1) : step;
    counts[length++] = before;
    counts[length++] = read();
  }
  return counts.subarray(0, length);
}
