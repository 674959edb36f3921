/**
 * Header `tracestate` of W3C Trace Context: data of other tracing systems. Hotpath adds nothing to it, so it is checked
 * and forwarded in the same order.
 *
 * @module
 */

const MEMBERS_MAX = 32;
/** Grammar of keys of level 2, which accepts all keys of level 1, such as `tenant@system`. */
const KEY = "[a-z0-9][a-z0-9_\\-*/@]{0,255}";
/** Printable ASCII without comma and equals sign, and without a blank at the end. */
const VALUE = "[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]";
const MEMBER = new RegExp(`^(${KEY})=${VALUE}$`);
/** Printable ASCII, and the blanks that may surround members. */
const HEADER_TEXT = /^[\t\x20-\x7e]*$/;

/**
 * Checks a `tracestate` and removes what has no meaning: blanks around members, empty members, and all but the first,
 * newest member of a key.
 *
 * @param text Value of the header; several are joined by commas in their order
 * @returns Members joined by commas; `undefined` if there are none, or any is invalid
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

/**
 * Whether a header can carry a text: `Headers` rejects line ends and anything beyond Latin-1, receivers reject all but
 * ASCII.
 */
export function isTracestateText(text: unknown): text is string {
  return typeof text === "string" && HEADER_TEXT.test(text);
}

/** Removes spaces and tabs at both ends of a text, which have no meaning in HTTP. */
export function trimBlanks(text: string): string {
  // A regular expression would scan a long run of blanks again from each of them, and the text is foreign.
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text[start])) start++;
  while (end > start && isBlank(text[end - 1])) end--;
  return text.slice(start, end);
}

function isBlank(character: string): boolean {
  return character === " " || character === "\t";
}
