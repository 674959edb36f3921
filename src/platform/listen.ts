/**
 * Check of an address before a server of `node:http` listens on it.
 *
 * @module
 */

import { requirePermission } from "./permissions.ts";
import { isDeno } from "./runtime.ts";

/** Certificate and key in PEM. */
interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** Address to listen on. */
interface Address {
  readonly host: string;
  readonly port: number;
}

/** Returns `host:port`, as in a URL or a permission. */
export function hostAndPort({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * Listens briefly with the runtime's own API, whose errors are clearer and which checks certificates. Permissions are
 * checked first, because the server would prompt, or throw where nothing can catch the error.
 *
 * @returns Address that the host resolves to
 */
export function tryAddress({ host, port }: Address, tls: Tls | undefined): string {
  if (!isDeno()) return host;
  requireNet({ host, port });
  const options = { hostname: host, port };
  using trial = tls === undefined ? Deno.listen(options) : Deno.listenTls({ ...options, ...tls });
  const { hostname } = trial.addr as Deno.NetAddr;
  requireNet({ host: hostname, port });
  return hostname;
}

function requireNet(address: Address): void {
  const where = hostAndPort(address);
  requirePermission({ name: "net", host: where }, where);
}
