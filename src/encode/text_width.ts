/**
 * Width of text on a terminal, where letters of East Asia and emoji take two columns and accents none.
 *
 * @module
 */

const WIDE = new RegExp(
  "[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\u33ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua000-\\ua4cf\\ua960-\\ua97c" +
    "\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6\\u{17000}-\\u{18aff}" +
    "\\u{1b000}-\\u{1b2ff}\\u{20000}-\\u{3fffd}\\p{Emoji_Presentation}]",
  "u",
);
const NARROWEST = /[\p{Mn}\p{Me}]/u;
const ASCII = /^[\x20-\x7e]*$/;
const ELLIPSIS = "…";

/** Number of columns of a printable line. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** A line that is at most as wide as this; an ellipsis replaces its end. */
export function cutEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1 ? "" : start(text, width - 1) + ELLIPSIS;
}

/** A line that is at most as wide as this; an ellipsis replaces its middle. */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return "";
  const head = start(text, Math.ceil((width - 1) / 2));
  return head + ELLIPSIS + end(text, width - 1 - widthOf(head));
}

function characterWidth(character: string): number {
  if (NARROWEST.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Longest start of a text that has room. */
function start(text: string, width: number): string {
  let [taken, room] = ["", width];
  for (const character of text) {
    room -= characterWidth(character);
    if (room < 0) break;
    taken += character;
  }
  return taken;
}

/** Longest end of a text that has room. */
function end(text: string, width: number): string {
  let [taken, room] = ["", width];
  for (const character of [...text].reverse()) {
    room -= characterWidth(character);
    if (room < 0) break;
    taken = character + taken;
  }
  return taken;
}
