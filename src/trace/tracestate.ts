/**
 * The header `tracestate` of W3C Trace Context: what other tracing systems pass along. Nothing in it is ours, so it is
 * checked and handed on in its order.
 *
 * @module
 */

const MEMBERS_MAX = 32;
/** The grammar of level 2, which takes all that level 1 does, `tenant@system` among it. */
const KEY = "[a-z0-9][a-z0-9_\\-*/@]{0,255}";
/** Printable ASCII without comma and equals sign, with no blank at the end. */
const VALUE = "[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]";
const MEMBER = new RegExp(`^(${KEY})=${VALUE}$`);
/** Printable ASCII, and the blanks that may surround members. */
const HEADER_TEXT = /^[\t\x20-\x7e]*$/;

/**
 * Checks a `tracestate` and removes what has no meaning: blanks around its members, members that are empty, and all
 * but the first, newest member of a key.
 *
 * @param text The value of the header, of several joined by commas in their order
 * @returns The members joined by commas; `undefined` if there are none, or if any of it is wrong
 */
export function normalizeTracestate(text: string): string | undefined {
  const members = text.split(",").map(trimBlanks).filter((member) => member !== "");
  if (members.length === 0 || members.length > MEMBERS_MAX) return undefined;
  const memberByKey = new Map<string, string>();
  for (const member of members) {
    const key = MEMBER.exec(member)?.[1];
    if (key === undefined) return undefined;
    if (!memberByKey.has(key)) memberByKey.set(key, member);
  }
  return [...memberByKey.values()].join(",");
}

/** Whether a header can carry a text: `Headers` refuses line ends and what is beyond Latin-1, receivers what is no ASCII. */
export function isTracestateText(text: unknown): text is string {
  return typeof text === "string" && HEADER_TEXT.test(text);
}

/** A text without the spaces and tabs at its ends, which mean nothing in HTTP. */
export function trimBlanks(text: string): string {
  // A pattern would look at a long run of blanks again from each of them, and the text comes from outside.
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string): boolean {
  return character === " " || character === "\t";
}
