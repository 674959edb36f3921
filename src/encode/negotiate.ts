/**
 * Content negotiation: format, names and encoding of an answer.
 *
 * Source: `prometheus/common`, `expfmt.NegotiateAccept`, and `prometheus/client_golang`, `NegotiateContentEncoding`.
 * Two rules differ: an offer refused by a weight of 0 is never chosen, and the weight of an encoding takes precedence
 * over that of `*`.
 *
 * @module
 */

import type { EscapingScheme } from "../model/names.ts";
import { type MediaRange, parseMediaRanges, parseWeightedValues, wildcardsOf } from "./accept.ts";

/** Format of an exposition. */
export type ExpositionFormat = "text" | "openmetrics" | "protobuf";

/** Result of a negotiation. */
export interface Negotiated {
  /** Content type chosen from the offers. */
  readonly offer: string;
  /** Treatment of non-legacy names. */
  readonly escaping: EscapingScheme;
  /** Content type of the answer: the chosen offer, with the escaping. */
  readonly contentType: string;
}

/** Negotiated format of an exposition. */
export interface NegotiatedFormat extends Negotiated {
  /** Chosen format. */
  readonly format: ExpositionFormat;
}

const TEXT = "text/plain; version=0.0.4; charset=utf-8";

/** Offered formats by content type; the first is for clients that accept anything. */
const FORMATS: ReadonlyMap<string, ExpositionFormat> = new Map([
  [TEXT, "text"],
  ["application/openmetrics-text; version=1.0.0; charset=utf-8", "openmetrics"],
  ["application/openmetrics-text; version=0.0.1; charset=utf-8", "openmetrics"],
  ["application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited", "protobuf"],
]);
const OFFERS: readonly string[] = [...FORMATS.keys()];

/** Offered encodings; the first is for clients that accept anything. */
const ENCODINGS: readonly ["identity", "gzip"] = ["identity", "gzip"];

/** `Accept` header of most clients other than scrapers. */
const ANYTHING = "*/*";

/** Encoding that every client supports. */
const IDENTITY = "identity";

const ESCAPING_SCHEMES: readonly EscapingScheme[] = ["allow-utf-8", "underscores", "dots", "values"];

/** Default versions, for clients that name none. */
const VERSIONS: Readonly<Record<string, string>> = {
  "application/openmetrics-text": "0.0.1",
  "text/plain": "0.0.4",
};

/**
 * Chooses the format of an exposition; Prometheus text by default.
 *
 * @param accept Value of the `Accept` header, if there is one
 */
export function negotiateFormat(accept: string | undefined): NegotiatedFormat {
  const { offer, escaping, contentType } = negotiateContentType(accept, OFFERS);
  const format = FORMATS.get(offer)!;
  // A client that accepts anything did not negotiate, and may not know that a content type can name the escaping.
  const isNegotiated = accept !== undefined && accept.trim() !== ANYTHING;
  return { format, offer, escaping, contentType: isNegotiated ? contentType : offer };
}

/**
 * Chooses the encoding of a body.
 *
 * @param acceptEncoding Value of the `Accept-Encoding` header, if there is one
 * @returns The encoding; `undefined` if none is acceptable
 */
export function negotiateEncoding(acceptEncoding: string | undefined): "identity" | "gzip" | undefined {
  return chooseEncoding(acceptEncoding, ENCODINGS);
}

/**
 * Chooses the first offer that matches the most preferred range. Without a match, it is the first text type, else the
 * first offer. The escaping is the last one named up to the match.
 *
 * @param accept Value of the `Accept` header, if there is one
 * @param offers Content types
 * @param escapingDefault Treatment of names if the client names no escaping
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
 * Chooses the most preferred offer, the first of several equal ones; `identity` if the client asks for none.
 *
 * @param acceptEncoding Value of the `Accept-Encoding` header, if there is one
 * @param offers Encodings
 * @returns The encoding; `undefined` if `identity` is refused too
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

/** Whether an offer matches: the client must ask for each of its parameters except the charset. */
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
