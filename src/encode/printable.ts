/**
 * Printable text for a terminal: characters that could move its cursor, change its state or reverse the writing
 * direction are replaced by their codes, because names, labels and answers of servers are untrusted.
 *
 * @module
 */

/** Control characters (also C1 and DEL), invisible formatting characters, line separators, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Returns a line of text that is safe to print. */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** Escapes unprintable characters in JSON; its lines stay. */
export function printableJson(json: string): string {
  return json.replaceAll(UNPRINTABLE, (character) => character === "\n" ? character : jsonEscape(character));
}

function jsonEscape(character: string): string {
  return character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}
