/**
 * The checks of names that a server answers to, and of the sites whose pages may read what it answers.
 *
 * @module
 */

import type { CorsOptions } from "../../model/serving.ts";
import { checkMapping } from "../../check/options.ts";
import { type Check, type Place, refusal, within } from "../../check/place.ts";
import { type CheckText, partsOf } from "./text.ts";

/** A name, an address of IPv4, or one of IPv6 with or without brackets. */
const HOST_NAME = /^(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?|\[[0-9a-f:.]+\]|[0-9a-f]*:[0-9a-f:.]+)$/i;
const HOST_NAME_MUST = 'each be a name or an address without scheme and port, such as "metrics.example.com"';
const ORIGIN_MUST = 'each be an origin such as "https://grafana.example.com", or "*"';

/** Names without ports. */
export const checkAllowedHosts: Check<readonly string[]> = (place, given) => {
  const must = 'be an array such as ["metrics.example.com"]';
  // "fe80:1" could be a name and its port.
  const isName = (name: string) => HOST_NAME.test(name) && !/^[^:[]+:\d+$/.test(name);
  return checkTexts(place, given, must, isName, HOST_NAME_MUST);
};

/** The same between commas. */
export const checkAllowedHostsText: CheckText<readonly string[]> = (place, text) =>
  checkAllowedHosts(place, partsOf(text));

/** Origins as browsers write them, or `"*"`. */
export const checkCors: Check<CorsOptions> = (place, given) => {
  const must = 'be an object such as { origins: ["https://grafana.example.com"] }';
  const { origins } = checkMapping(place, given, ["origins"], must);
  const list = place.source === "the environment" ? partsOf(String(origins)) : origins;
  const listMust = 'be an array such as ["https://grafana.example.com"]';
  const isAllowed = (origin: string) => origin === "*" || isOrigin(origin);
  return { origins: checkTexts(within(place, "origins"), list, listMust, isAllowed, ORIGIN_MUST) };
};

function checkTexts(
  place: Place,
  given: unknown,
  must: string,
  isRight: (text: string) => boolean,
  eachMust: string,
): readonly string[] {
  if (!Array.isArray(given)) throw refusal(place, must, given, false);
  for (const each of given) {
    if (typeof each !== "string" || !isRight(each)) throw refusal(place, eachMust, each, typeof each === "string");
  }
  return [...given];
}

/** A slash at the end, or a path, would never be equal to what a browser sends. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}
