/**
 * Check whether a client accepts a media type.
 *
 * Source: RFC 9110, "HTTP Semantics", 12.5.1.
 *
 * @module
 */

import { parseMediaRanges } from "../../encode/accept.ts";

/**
 * Whether a media type is accepted, by its name, else by its type, else by `*`.
 *
 * @param header Value of `Accept`; without one everything is accepted
 * @param mediaType Media type such as `application/json`
 */
export function accepts(header: string | undefined, mediaType: string): boolean {
  const ranges = parseMediaRanges(header ?? "").map(({ type, subtype, quality }) => ({
    range: `${type}/${subtype}`,
    quality,
  }));
  if (ranges.length === 0) return true;
  for (const range of [mediaType, `${mediaType.split("/")[0]}/*`, "*/*"]) {
    const matches = ranges.filter((each) => each.range === range);
    if (matches.length > 0) return matches.some(({ quality }) => quality > 0);
  }
  return false;
}
