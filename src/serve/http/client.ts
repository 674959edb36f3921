/**
 * Sender of a request: its address, and whether its credentials were right.
 *
 * @module
 */

import type { Context } from "hono";

/** Client of our own server. */
export interface Client {
  /** Address; `undefined` if its connection has ended. */
  readonly address: string | undefined;
  /** Notes that the client has shown credentials. */
  admit(): void;
}

const clients: WeakMap<Request, Client> = new WeakMap();

/** Associates a request to our own server with its sender. */
export function setClient(request: Request, client: Client): void {
  clients.set(request, client);
}

/** Notes that a request had the right credentials. */
export function admitClient(request: Request): void {
  clients.get(request)?.admit();
}

/**
 * Returns the address of the sender, for mounted routes as passed by `Deno.serve` and Hono's server for Node;
 * `undefined` if it is unknown.
 */
export function addressOf({ req, env }: Context): string | undefined {
  const client = clients.get(req.raw);
  if (client !== undefined) return client.address;
  const { remoteAddr, incoming } = (env ?? {}) as ServerEnvironment;
  return remoteAddr?.hostname ?? incoming?.socket?.remoteAddress;
}

/** Environment that servers pass with a request. */
interface ServerEnvironment {
  readonly remoteAddr?: { readonly hostname?: string };
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}
