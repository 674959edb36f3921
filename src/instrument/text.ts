/**
 * Functions that bound and copy foreign text. Lengths are in code points, so that no surrogate pair is split.
 *
 * @module
 */

/** Largest code point of one UTF-16 code unit. */
const ONE_UNIT_MAX = 0xffff;
/** Length of V8's shortest slices; a shorter text is already a copy. */
const SLICE_LENGTH_MIN = 13;

/** Returns the first `max` code points of a text, or the text itself if it is not longer. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (let count = 0; count < max && end < text.length; count++) {
    end += (text.codePointAt(end) ?? 0) > ONE_UNIT_MAX ? 2 : 1;
  }
  return text.slice(0, end);
}

/** Returns the number of code points of a text. */
export function codePointLength(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/**
 * Copies a text. V8 keeps a whole text alive as long as a slice of it, so a label value of a few characters could retain
 * the body of a request.
 */
export function copyText(text: string): string {
  return text.length < SLICE_LENGTH_MIN ? text : JSON.parse(JSON.stringify(text));
}
