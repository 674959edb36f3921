/**
 * Checks of the trace collector, as set by options, keys and OpenTelemetry's variables. No error shows a header, or a
 * URL that may contain a secret.
 *
 * @module
 */

import { checkString } from "../../check/checks.ts";
import { checkObject } from "../../check/options.ts";
import { type Check, type Place, refusal, secretly, within } from "../../check/place.ts";
import { Secret } from "./secret.ts";
import type { CheckText } from "./text.ts";

/** Headers by name. */
export type SecretHeaders = Readonly<Record<string, Secret>>;

const TRACES_PATH = "/v1/traces";
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\x20-\x7e]+$/;

/** URL of a collector. */
export const checkEndpoint: Check<string> = (place, given) => checkUrl(place, given).href;

/** Base URL of a collector for all kinds of telemetry; returns the URL for traces. */
export const checkBaseEndpoint: Check<string> = (place, given) => {
  const url = checkUrl(place, given);
  url.pathname = url.pathname.replace(/\/$/, "") + TRACES_PATH;
  return url.href;
};

/** Headers as an object of names and values. */
export const checkHeaders: Check<SecretHeaders> = (place, given) => {
  const headers = checkObject(secretly(place), given, 'be an object such as { "api-key": "…" }');
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => checkHeader(place, name, value)));
};

/** Headers as comma-separated `name=value` pairs, percent-encoded. */
export const checkHeadersText: CheckText<SecretHeaders> = (place, text) => {
  const pairs = text.split(",").filter((pair) => pair.trim() !== "");
  return Object.fromEntries(pairs.map((pair) => {
    const [name, ...value] = pair.split("=");
    if (value.length === 0) throw refusal(secretly(place), 'be headers such as "api-key=…,other=…"', pair, true);
    return checkHeader(place, name.trim(), unescapePercents(place, value.join("=").trim()));
  }));
};

function checkUrl(place: Place, given: unknown): URL {
  // An object may contain a header or a password; a number is a port at most.
  const text = checkString(typeof given === "object" ? secretly(place) : place, given);
  const url = URL.parse(text) ?? undefined;
  const isUsable = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (isUsable) return url;
  throw refusal(/[@?]/.test(text) ? secretly(place) : place, "be an http or https URL without a user", text, true);
}

function checkHeader(place: Place, name: string, value: unknown): [string, Secret] {
  const secret = secretly(place);
  // A misplaced name may be a secret.
  if (!HEADER_NAME.test(name)) throw refusal(secret, "have valid header names", name, true);
  const header = within(secret, name);
  const text = checkString(header, value);
  if (!HEADER_VALUE.test(text)) throw refusal(header, "be one or more printable ASCII characters", text, true);
  return [name.toLowerCase(), new Secret(text)];
}

function unescapePercents(place: Place, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw refusal(secretly(place), "have percent signs before two hexadecimal digits only", value, true);
  }
}
