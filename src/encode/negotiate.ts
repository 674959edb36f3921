/**
 * Content negotiation: which of the formats on offer a client gets, with which names, in which encoding.
 *
 * Source: `prometheus/common`, `expfmt.NegotiateAccept`, and `prometheus/client_golang`, `NegotiateContentEncoding`.
 * Their rules, but for what is refused by a weight of 0: that is never chosen, and an encoding's own weight outdoes that
 * of `*`.
 *
 * @module
 */

import type { EscapingScheme } from "../model/names.ts";
import { type MediaRange, parseMediaRanges, parseWeightedValues, wildcardsOf } from "./accept.ts";

/** What an exposition can be written in. */
export type ExpositionFormat = "text" | "openmetrics" | "protobuf";

/** What a client gets. */
export interface Negotiated {
  /** The content type out of those on offer. */
  readonly offer: string;
  /** What becomes of names that are not legacy. */
  readonly escaping: EscapingScheme;
  /** The content type to answer with: the one on offer, and the escaping. */
  readonly contentType: string;
}

/** What an exposition is to be written in, and how. */
export interface NegotiatedFormat extends Negotiated {
  /** The format. */
  readonly format: ExpositionFormat;
}

const TEXT = "text/plain; version=0.0.4; charset=utf-8";

/** By content type, the formats on offer; the first is for those who take anything. */
const FORMATS: ReadonlyMap<string, ExpositionFormat> = new Map([
  [TEXT, "text"],
  ["application/openmetrics-text; version=1.0.0; charset=utf-8", "openmetrics"],
  ["application/openmetrics-text; version=0.0.1; charset=utf-8", "openmetrics"],
  ["application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited", "protobuf"],
]);
const OFFERS: readonly string[] = [...FORMATS.keys()];

/** The encodings on offer; the first is for those who take anything. */
const ENCODINGS: readonly ["identity", "gzip"] = ["identity", "gzip"];

/** The `Accept` header of most clients that are no scrapers. */
const ANYTHING = "*/*";

/** What every client can read. */
const IDENTITY = "identity";

const ESCAPING_SCHEMES: readonly EscapingScheme[] = ["allow-utf-8", "underscores", "dots", "values"];

/** The versions that are meant where none is named. */
const VERSIONS: Readonly<Record<string, string>> = {
  "application/openmetrics-text": "0.0.1",
  "text/plain": "0.0.4",
};

/**
 * The format of an exposition; Prometheus text if nothing else is asked for.
 *
 * @param accept The value of the `Accept` header, if there is one
 */
export function negotiateFormat(accept: string | undefined): NegotiatedFormat {
  const { offer, escaping, contentType } = negotiateContentType(accept, OFFERS);
  const format = FORMATS.get(offer) ?? "text";
  // Who takes anything did not negotiate, and may not know that a content type can say how names are escaped.
  const isNegotiated = accept !== undefined && accept.trim() !== ANYTHING;
  return { format, offer, escaping, contentType: isNegotiated ? contentType : offer };
}

/**
 * The encoding of a body.
 *
 * @param acceptEncoding The value of the `Accept-Encoding` header, if there is one
 * @returns `undefined` if none is acceptable
 */
export function negotiateEncoding(acceptEncoding: string | undefined): "identity" | "gzip" | undefined {
  return chooseEncoding(acceptEncoding, ENCODINGS);
}

/**
 * The first content type on offer that matches what is accepted most gladly. Without a match, it is the first that is
 * text, else the first of all. The escaping is the last that was named up to the match.
 *
 * @param accept The value of the `Accept` header, if there is one
 * @param offers Content types
 * @param escapingDefault What to do with names where the client names no escaping
 */
export function negotiateContentType(
  accept: string | undefined,
  offers: readonly string[],
  escapingDefault: EscapingScheme = "underscores",
): Negotiated {
  const candidates = offers.flatMap((offer) => parseMediaRanges(offer).map((range) => ({ offer, range })));
  let escaping = escapingDefault;
  for (const wanted of parseMediaRanges(accept ?? "").filter(({ quality }) => quality > 0)) {
    escaping = ESCAPING_SCHEMES.find((scheme) => scheme === wanted.parameters.get("escaping")) ?? escaping;
    const match = candidates.find(({ range }) => isMatch(wanted, range));
    if (match !== undefined) return negotiated(match.offer, escaping);
  }
  const text = candidates.find(({ range }) => mediaTypeOf(range) === "text/plain");
  return negotiated(text?.offer ?? offers[0] ?? TEXT, escaping);
}

/**
 * The encoding on offer that is accepted most gladly, of several equal ones the first on offer. Where none is asked for,
 * it is none: `identity`.
 *
 * @param acceptEncoding The value of the `Accept-Encoding` header, if there is one
 * @param offers Encodings
 * @returns `undefined` if `identity` is refused too
 */
export function chooseEncoding<Encoding extends string>(
  acceptEncoding: string | undefined,
  offers: readonly Encoding[],
): Encoding | typeof IDENTITY | undefined {
  const accepted = parseWeightedValues(acceptEncoding ?? "");
  const qualityOf = (encoding: string): number | undefined => {
    const own = accepted.filter(({ value }) => value === encoding);
    const all = own.length > 0 ? own : accepted.filter(({ value }) => value === "*");
    return all.length === 0 ? undefined : Math.max(...all.map(({ quality }) => quality));
  };
  const weighted = offers.map((encoding) => ({ encoding, quality: qualityOf(encoding) ?? 0 }));
  const best = weighted.toSorted((a, b) => b.quality - a.quality).at(0);
  if (best !== undefined && best.quality > 0) return best.encoding;
  return qualityOf(IDENTITY) === 0 ? undefined : IDENTITY;
}

function negotiated(offer: string, escaping: EscapingScheme): Negotiated {
  return { offer, escaping, contentType: `${offer}; escaping=${escaping}` };
}

/** Whether an offer is what is wanted: all it says of itself, but for the charset, has to be asked for. */
function isMatch(wanted: MediaRange, offer: MediaRange): boolean {
  if (wanted.type !== "*" && wanted.type !== offer.type) return false;
  if (wanted.subtype !== "*" && wanted.subtype !== offer.subtype) return false;
  const isAny = wildcardsOf(wanted) > 0;
  return [...offer.parameters].every(([name, value]) => {
    if (name === "charset") return true;
    const asked = wanted.parameters.get(name) ?? (name === "version" ? VERSIONS[mediaTypeOf(wanted)] : undefined);
    return asked === undefined ? isAny : asked === value;
  });
}

function mediaTypeOf({ type, subtype }: MediaRange): string {
  return `${type}/${subtype}`;
}
