/**
 * Parser of headers in which a client lists what it accepts, with weights. Malformed parts are ignored, because a
 * scrape is better answered in an unrequested format than not at all.
 *
 * Source: RFC 9110, sections 12.4 and 12.5; in doubt as parsed by `prometheus/common` and `prometheus/client_golang`.
 *
 * @module
 */

/** Media type in an `Accept` header; each half may be `*`. */
export interface MediaRange {
  /** Type before the slash. */
  readonly type: string;
  /** Subtype after the slash. */
  readonly subtype: string;
  /** Parameters other than `q`. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Weight, 0 to 1; 0 is a refusal. */
  readonly quality: number;
}

/** Value of a header such as `Accept-Encoding`, with its weight. */
export interface WeightedValue {
  /** Value, which may be `*`. */
  readonly value: string;
  /** Weight, 0 to 1; 0 is a refusal. */
  readonly quality: number;
}

const QUALITY = /^\d(?:\.\d*)?$/;
/** Matches a value, its weight if it has one, and the comma after it. */
const WEIGHTED_VALUE = /([\w!#$%&'*+.^`|~/-]+)\s*(;\s*)?/y;
const WEIGHT = /q=([01](?:\.\d*)?)/y;
const COMMA = /\s*,\s*/y;

/**
 * Returns the media types that a client accepts, by descending weight; among equal ones, wildcards come last.
 *
 * @param header Value of an `Accept` header
 */
export function parseMediaRanges(header: string): MediaRange[] {
  return header.split(",").map(parseMediaRange).filter((range) => range !== undefined)
    .toSorted((a, b) => b.quality - a.quality || wildcardsOf(a) - wildcardsOf(b));
}

/**
 * Returns the values of a header up to the first malformed one, in order.
 *
 * @param header Value of a header such as `Accept-Encoding`
 */
export function parseWeightedValues(header: string): WeightedValue[] {
  const values: WeightedValue[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    at = pattern.lastIndex;
    return match;
  };
  do {
    const match = take(WEIGHTED_VALUE);
    if (match === null) break;
    const weight = match[2] === undefined ? "1" : take(WEIGHT)?.[1];
    if (weight === undefined) break;
    values.push({ value: match[1].toLowerCase(), quality: Math.min(1, Number(weight)) });
  } while (take(COMMA) !== null);
  return values;
}

/** Number of wildcard halves of a media range. */
export function wildcardsOf({ type, subtype }: MediaRange): number {
  return Number(type === "*") + Number(subtype === "*");
}

function parseMediaRange(text: string): MediaRange | undefined {
  const [range, ...rest] = text.split(";");
  const [type, subtype = type === "*" ? "*" : "", ...more] = range.split("/").map((half) => half.trim().toLowerCase());
  if (type === "" || subtype === "" || more.length > 0) return undefined;
  const parameters = new Map(rest.map(parseParameter).filter((each) => each !== undefined));
  const quality = parameters.get("q") ?? "1";
  parameters.delete("q");
  return { type, subtype, parameters, quality: QUALITY.test(quality) ? Math.min(1, Number(quality)) : 0 };
}

function parseParameter(text: string): [name: string, value: string] | undefined {
  const [name, value = "", ...more] = text.split("=").map((half) => half.trim());
  return value === "" || more.length > 0 ? undefined : [name.toLowerCase(), value];
}
