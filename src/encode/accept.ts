/**
 * Headers that say what a client accepts, and how gladly. What is malformed is ignored: a scrape is better answered in
 * a format that was not asked for than not at all.
 *
 * Source: RFC 9110, section 12.4 and 12.5; in doubt as `prometheus/common` and `prometheus/client_golang` read them.
 *
 * @module
 */

/** One of the media types of an `Accept` header; each half may be `*`. */
export interface MediaRange {
  /** Before the slash. */
  readonly type: string;
  /** Behind it. */
  readonly subtype: string;
  /** The other parameters than `q`. */
  readonly parameters: ReadonlyMap<string, string>;
  /** How gladly it is taken, 0 to 1; 0 is a refusal. */
  readonly quality: number;
}

/** One of the values of a header such as `Accept-Encoding`. */
export interface WeightedValue {
  /** The value, which may be `*`. */
  readonly value: string;
  /** How gladly it is taken, 0 to 1; 0 is a refusal. */
  readonly quality: number;
}

const QUALITY = /^\d(?:\.\d*)?$/;
/** A value, its weight if it has one, and the comma behind it. */
const WEIGHTED_VALUE = /([\w!#$%&'*+.^`|~/-]+)\s*(;\s*)?/y;
const WEIGHT = /q=([01](?:\.\d*)?)/y;
const COMMA = /\s*,\s*/y;

/**
 * The media types that a client accepts, those it takes most gladly first, and of several equal ones the wildcards last.
 *
 * @param header The value of an `Accept` header
 */
export function parseMediaRanges(header: string): MediaRange[] {
  return header.split(",").map(parseMediaRange).filter((range) => range !== undefined)
    .toSorted((a, b) => b.quality - a.quality || wildcardsOf(a) - wildcardsOf(b));
}

/**
 * The values of a header up to the first that is malformed, in their order.
 *
 * @param header The value of a header such as `Accept-Encoding`
 */
export function parseWeightedValues(header: string): WeightedValue[] {
  const values: WeightedValue[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(header);
    if (match !== null) at = pattern.lastIndex;
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

/** How many halves of a media range are anything. */
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
