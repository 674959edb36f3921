/**
 * Host of a request, and whether this server is that host.
 *
 * A page of any site can have its name resolve to 127.0.0.1 and then read, as its own, the answers of a server on this
 * machine. A server without credentials that only this machine can reach depends on that not being possible, so it
 * answers only to the names of this machine. Where there are credentials, or the address can be reached from elsewhere,
 * names are the network's business, and only `allowedHosts` limits them.
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

/** Whether a server answers to a host name. */
export type IsHost = (name: string) => boolean;

/**
 * Returns the host names that a server answers to.
 *
 * @param address The address that it listens on
 * @returns `undefined` for any
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

/** Refuses a request that does not name one host clearly, or names another one. */
export function refuseHost(
  { rawHeaders, httpVersion, url = "", headers }: IncomingMessage,
  isHost: IsHost | undefined,
): Response | undefined {
  const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1].toLowerCase() === "host");
  if (hosts.length > 1) return problem(400, "the request must have one Host");
  const [host] = hosts;
  if (host === undefined) {
    // Clients older than `Host` have no pages that another site could have sent.
    const isOld = httpVersion === "1.0" && headers.upgrade === undefined;
    return isOld ? undefined : problem(400, "the request must have a Host");
  }
  if (!HOST.test(host)) return problem(400, "the Host must be a name or an address, with or without a port");
  if (isHost === undefined) return undefined;
  const isForThis = isHost(bareName(host)) && (url.startsWith("/") || isHost(authorityOf(url)));
  return isForThis ? undefined : problem(421, "this server has another name; allowedHosts can add one");
}

/** Returns a host without its port and brackets, in the form that is compared. */
function bareName(host: string): string {
  const name = /^\[(.*)\](?::\d*)?$/.exec(host)?.[1] ?? /^([^:]*):\d*$/.exec(host)?.[1] ?? host;
  return name.replace(/\.$/, "").toLowerCase();
}

/** Host of an absolute URL, which takes precedence over `Host`; empty for `*`, which addresses any. */
function authorityOf(url: string): string {
  if (url === "*") return "localhost";
  return URL.canParse(url) ? bareName(new URL(url).host) : "";
}
