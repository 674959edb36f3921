/**
 * Which host a request is for, and whether this server is that host.
 *
 * A page of any site can have its own name resolve to 127.0.0.1 and then read, as its own, what a server on this machine
 * answers. A server that nobody else can reach and that asks for no credentials relies on that not being possible, so it
 * answers to the names of this machine alone. Where there are credentials, or the address is not of this machine alone,
 * names are whatever the network says, and only `allowedHosts` limits them.
 *
 * Sources: RFC 9110, "HTTP Semantics", 4.2.4 and 7.4; RFC 9112, "HTTP/1.1", 3.2; RFC 6761, "Special-Use Domain Names",
 * 6.3.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { ListenOptions } from "../../model/serving.ts";
import { problem } from "../http/problem.ts";

/** A name or address with or without a port, as it stands in `Host`. */
const HOST = /^(?:\[[0-9a-f:.]+\]|[-._~!$&'()*+,;=%0-9a-z]+)(?::\d{0,5})?$/i;

/** Whether a server is the host that a request is for. */
export type IsHost = (name: string) => boolean;

/**
 * The hosts that a server is.
 *
 * @param address The address that it listens on
 * @returns `undefined` if it is any
 */
export function hostsOf(
  { host, auth, allowedHosts }: Pick<ListenOptions, "host" | "auth" | "allowedHosts">,
  address: string,
): IsHost | undefined {
  if (allowedHosts === undefined && (auth !== undefined || !isLoopback(address))) return undefined;
  const names = new Set([host, ...allowedHosts ?? []].map(bareName));
  return (name) => isLoopback(name) || name === "localhost" || name.endsWith(".localhost") || names.has(name);
}

/** Whether an address only reaches this machine. */
export function isLoopback(host: string): boolean {
  return /^(::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/i.test(host) || host === "::1";
}

/** Refuses a request that does not say clearly which host it is for, or is for another one. */
export function refuseHost(
  { rawHeaders, httpVersion, url = "", headers }: IncomingMessage,
  isHost: IsHost | undefined,
): Response | undefined {
  const hosts = rawHeaders.filter((_, i) => i % 2 === 1 && rawHeaders[i - 1].toLowerCase() === "host");
  if (hosts.length > 1) return problem(400, "the request must have one Host");
  const [host] = hosts;
  if (host === undefined) {
    // What is older than Host has no pages that could be somebody else's.
    const isOld = httpVersion === "1.0" && headers.upgrade === undefined;
    return isOld ? undefined : problem(400, "the request must have a Host");
  }
  if (!HOST.test(host)) return problem(400, "the Host must be a name or an address, with or without a port");
  if (isHost === undefined) return undefined;
  const isForThis = isHost(bareName(host)) && (url.startsWith("/") || isHost(authorityOf(url)));
  return isForThis ? undefined : problem(421, "this server has another name; allowedHosts can add one");
}

/** A host without its port and brackets, as names are compared. */
function bareName(host: string): string {
  const name = /^\[(.*)\](?::\d*)?$/.exec(host)?.[1] ?? /^([^:]*):\d*$/.exec(host)?.[1] ?? host;
  return name.replace(/\.$/, "").toLowerCase();
}

/** The host of a whole URL, which counts for more than `Host`; empty for `*`, which is for any. */
function authorityOf(url: string): string {
  if (url === "*") return "localhost";
  return URL.canParse(url) ? bareName(new URL(url).host) : "";
}
