/**
 * The checks of where traces are sent, as options, keys and OpenTelemetry's variables say it. No error shows a header,
 * nor a URL that may hold a secret.
 *
 * @module
 */

import { HIDDEN } from "../../check/errors.ts";
import { isMapping } from "../../check/options.ts";
import { type Check, type Place, refusal, within } from "../../check/place.ts";
import { Secret } from "./secret.ts";
import type { CheckText } from "./text.ts";

/** Headers by name. */
export type SecretHeaders = Readonly<Record<string, Secret>>;

const TRACES_PATH = "/v1/traces";
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\x20-\x7e]+$/;

/** The URL of a collector. */
export const checkEndpoint: Check<string> = (place, given) => checkUrl(place, given).href;

/** The URL below which a collector takes each kind of telemetry, made that of traces. */
export const checkBaseEndpoint: Check<string> = (place, given) => {
  const url = checkUrl(place, given);
  url.pathname = url.pathname.replace(/\/$/, "") + TRACES_PATH;
  return url.href;
};

/** Headers as an object of names and values. */
export const checkHeaders: Check<SecretHeaders> = (place, given) => {
  if (!isMapping(given)) throw refusal(place, 'be an object such as { "api-key": "…" }', HIDDEN, false);
  return Object.fromEntries(Object.entries(given).map(([name, value]) => checkHeader(place, name, value)));
};

/** Headers as `name=value` between commas, with what is special written as `%20`. */
export const checkHeadersText: CheckText<SecretHeaders> = (place, text) => {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(pairs.map((pair) => {
    const [name, ...value] = pair.split("=");
    if (value.length === 0) throw refusal(place, 'be headers such as "api-key=…,other=…"', HIDDEN, true);
    return checkHeader(place, name.trim(), unescapePercents(place, value.join("=").trim()));
  }));
};

function checkUrl(place: Place, given: unknown): URL {
  // What has members may hold a header or a password; a number is a port at most.
  if (typeof given !== "string") throw refusal(place, "be a string", typeof given === "object" ? HIDDEN : given, false);
  const must = "be a URL of http or https without a user";
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isUsable = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!isUsable) throw refusal(place, must, /[@?]/.test(given) ? HIDDEN : given, true);
  return url;
}

function checkHeader(place: Place, name: string, value: unknown): [string, Secret] {
  // What stands in the wrong place may be a secret.
  if (!HEADER_NAME.test(name)) throw refusal(place, "have names that headers can have", HIDDEN, true);
  const header = within(place, name);
  if (typeof value !== "string") throw refusal(header, "be a string", HIDDEN, false);
  if (!HEADER_VALUE.test(value)) throw refusal(header, "be printable ASCII, at least one character", HIDDEN, true);
  return [name.toLowerCase(), new Secret(value)];
}

function unescapePercents(place: Place, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw refusal(place, "have percent signs before two hexadecimal digits only", HIDDEN, true);
  }
}
