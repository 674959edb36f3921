/**
 * Bounds on text that comes from outside, counted in code points, so that no surrogate pair is cut in two.
 *
 * @module
 */

/** The largest code point of one UTF-16 code unit. */
const ONE_UNIT_MAX = 0xffff;
/** V8 makes no slices that are shorter: a shorter text is a copy already. */
const SLICE_LENGTH_MIN = 13;

/** The first `max` code points of a text; the text itself if it has no more. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (let count = 0; count < max && end < text.length; count++) {
    end += (text.codePointAt(end) ?? 0) > ONE_UNIT_MAX ? 2 : 1;
  }
  return text.slice(0, end);
}

/** How many code points a text has. */
export function codePointLength(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/**
 * A text of its own. V8 keeps the whole of a text alive behind each slice of it, so a label value of a few characters
 * could hold on to a request's body.
 */
export function copyText(text: string): string {
  return text.length < SLICE_LENGTH_MIN ? text : JSON.parse(JSON.stringify(text));
}
