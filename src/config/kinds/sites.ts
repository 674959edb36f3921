/**
 * Checks of host names that a server accepts, and of origins whose pages may read its answers.
 *
 * @module
 */

import type { CorsOptions } from "../../model/serving.ts";
import { checkList, checkString } from "../../check/checks.ts";
import { checkMapping } from "../../check/options.ts";
import { type Check, refusal, within } from "../../check/place.ts";
import { type CheckText, partsOf } from "./text.ts";

/** A name, an IPv4 address, or an IPv6 address with or without brackets. */
const HOST_NAME = /^(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?|\[[0-9a-f:.]+\]|[0-9a-f]*:[0-9a-f:.]+)$/i;
const HOST_NAME_MUST = 'be a name or an address without scheme and port, such as "metrics.example.com"';
const ORIGIN_MUST = 'be an origin such as "https://grafana.example.com", or "*"';

const checkHost: Check<string> = (place, given) => {
  const name = checkString(place, given);
  // "fe80:1" could be a name and its port.
  if (HOST_NAME.test(name) && !/^[^:[]+:\d+$/.test(name)) return name;
  throw refusal(place, HOST_NAME_MUST, name, true);
};

const checkOrigin: Check<string> = (place, given) => {
  const origin = checkString(place, given);
  if (origin === "*" || isOrigin(origin)) return origin;
  throw refusal(place, ORIGIN_MUST, origin, true);
};

const checkOrigins = checkList(checkOrigin, 'be an array such as ["https://grafana.example.com"]');

/** Host names without ports. */
export const checkAllowedHosts: Check<readonly string[]> = checkList(
  checkHost,
  'be an array such as ["metrics.example.com"]',
);

/** Comma-separated host names without ports. */
export const checkAllowedHostsText: CheckText<readonly string[]> = (place, text) =>
  checkAllowedHosts(place, partsOf(text));

/** Origins as browsers write them, or `"*"`. */
export const checkCors: Check<CorsOptions> = (place, given) => {
  const must = 'be an object such as { origins: ["https://grafana.example.com"] }';
  const { origins } = checkMapping(place, given, ["origins"], must);
  const list = place.source === "the environment" ? partsOf(String(origins)) : origins;
  return { origins: checkOrigins(within(place, "origins"), list) };
};

/** Whether a browser sends a text as an origin: without a trailing slash and without a path. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
