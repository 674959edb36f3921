/**
 * The inverse of `escapeName`, which Hotpath itself never needs: a check that escaped names stay distinct.
 *
 * @module
 */

import type { EscapingScheme } from "../../../src/model/names.ts";

const VALUES_START = "U__";

/**
 * Returns the name that was escaped, as far as it is known: `underscores` cannot be undone, `dots` only in part.
 *
 * @returns The name unchanged if the scheme cannot have produced it
 */
export function unescapeName(name: string, scheme: EscapingScheme): string {
  if (scheme === "dots") return name.replaceAll("_dot_", ".").replaceAll("__", "_");
  return scheme === "values" && name.startsWith(VALUES_START) ? unescapeValues(name) : name;
}

function unescapeValues(name: string): string {
  let isEscaped = true;
  const unescaped = name.slice(VALUES_START.length).replace(/_(?:(_)|([0-9a-f]{1,6})_)?/gi, (_, underscore, code) => {
    if (underscore !== undefined) return "_";
    const character = code === undefined ? undefined : characterOf(Number.parseInt(code, 16));
    isEscaped &&= character !== undefined;
    return character ?? "";
  });
  return isEscaped ? unescaped : name;
}

/** `undefined` for what is no character, half of a surrogate pair included. */
function characterOf(code: number): string | undefined {
  if (code > 0x10ffff) return undefined;
  const character = String.fromCodePoint(code);
  return character.isWellFormed() ? character : undefined;
}
