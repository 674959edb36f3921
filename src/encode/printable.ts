/**
 * Text for a terminal: whatever could move its cursor, change its state or turn the direction of writing is shown by its
 * code instead, because names, labels and answers of servers may come from anywhere.
 *
 * @module
 */

/** Control characters, C1 and DEL among them, invisible ones that format, line separators, halves of a character. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A line of text that a terminal shows as it is. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** The same JSON, in escapes where a terminal would not show it as it is; its lines stay. */
export function printableJson(json: string): string {
  return json.replaceAll(UNPRINTABLE, (character) => character === "\n" ? character : jsonEscape(character));
}

function jsonEscape(character: string): string {
  return character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}
