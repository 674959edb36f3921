/**
 * Counts by bucket in little room, for a past that is long: differences of keys and counts, seven bits a character. In a
 * text, because one takes as many bytes as it has characters, and a typed array some two hundred more.
 *
 * @module
 */

import type { Counts } from "./bucket_keys.ts";

/** Each character below this one ends a number. */
const MORE = 0x80;
const BITS = 7;
/** Each pair is two numbers of at most five characters. */
const CHARACTERS_MAX = 5;

/** Packs counts; none give an empty text. */
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
    // Only the first key may be below the one before it, which is none.
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

/** A call takes so many arguments for sure. */
const PART = 8_192;

/** What was packed. */
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
