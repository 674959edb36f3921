/**
 * Check that a request names this server as its host.
 *
 * A page of any site can have its name resolve to 127.0.0.1 and then read the answers of a server on this machine as
 * its own. A server without credentials on a loopback address must exclude this, so it accepts only the names of this
 * machine. With credentials, or at an address that can be reached from elsewhere, any name may be right, and only
 * `allowedHosts` limits them.
 *
 * Sources: RFC 9110, "HTTP Semantics", 4.2.4 and 7.4; RFC 9112, "HTTP/1.1", 3.2; RFC 6761, "Special-Use Domain Names",
 * 6.3.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { ListenOptions } from "../../model/serving.ts";
import { problem } from "../http/problem.ts";

/** Matches a name or address with or without a port, as in `Host`. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[-._~!$&'()*+,;=%0-9a-z]+)(?::\d{0,5})?$/i;

/** Whether a server accepts a host name. */
export type IsHost = (name: string) => boolean;

/**
 * Returns the host names that a server accepts.
 *
 * @param address Address that it listens on
 * @returns The check; `undefined` to accept any name
 */
export function hostsOf(
  { host, auth, allowedHosts }: Pick<ListenOptions, "host" | "auth" | "allowedHosts">,
  address: string,
): IsHost | undefined {
  if (allowedHosts === undefined && (auth !== undefined || !isLoopback(address))) return undefined;
  const names = new Set([host, ...allowedHosts ?? []].map(bareName));
  return (name) => isLoopback(name) || name === "localhost" || name.endsWith(".localhost") || names.has(name);
}

/** Whether an address can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(host) || host === "::1";
}

/** Refuses a request that does not name exactly one host, or names another one. */
export function refuseHost(
  { rawHeaders, httpVersion, url = "", headers }: IncomingMessage,
  isHost: IsHost | undefined,
): Response | undefined {
  const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1].toLowerCase() === "host");
  if (hosts.length > 1) return problem(400, "the request must have one Host");
  const [host] = hosts;
  if (host === undefined) {
    // Clients too old for `Host` have no pages that another site could have sent.
    const isOld = httpVersion === "1.0" && headers.upgrade === undefined;
    return isOld ? undefined : problem(400, "the request must have a Host");
  }
  if (!HOST.test(host)) return problem(400, "the Host must be a name or an address, with or without a port");
  if (isHost === undefined) return undefined;
  const isForThis = isHost(bareName(host)) && (url.startsWith("/") || isHost(authorityOf(url)));
  return isForThis
    ? undefined
    : problem(421, "this server does not accept the Host; the option allowedHosts can add it");
}

/** Returns a host without its port and brackets, normalized for comparison. */
function bareName(host: string): string {
  const name = /^\[(.*)\](?::\d*)?$/.exec(host)?.[1] ?? /^([^:]*):\d*$/.exec(host)?.[1] ?? host;
  return name.replace(/\.$/, "").toLowerCase();
}

/** Host of an absolute URL, which takes precedence over `Host`; empty for `*`, which addresses any host. */
function authorityOf(url: string): string {
  if (url === "*") return "localhost";
  return URL.canParse(url) ? bareName(new URL(url).host) : "";
}
