/**
 * Who has sent a request: the address, and how to say that the credentials were right.
 *
 * @module
 */

import type { Context } from "hono";

/** A client of our own server. */
export interface Client {
  /** Its address; `undefined` if its connection has ended. */
  readonly address: string | undefined;
  /** Notes that it has shown credentials. */
  admit(): void;
}

const clients: WeakMap<Request, Client> = new WeakMap();

/** Says who has sent a request to our own server. */
export function setClient(request: Request, client: Client): void {
  clients.set(request, client);
}

/** Notes that a request had the right credentials. */
export function admitClient(request: Request): void {
  clients.get(request)?.admit();
}

/**
 * The address that a request has come from; of routes that are mounted on an app, as `Deno.serve` and Hono's server for
 * Node hand it on. `undefined` if nobody knows it.
 */
export function addressOf({ req, env }: Context): string | undefined {
  const client = clients.get(req.raw);
  if (client !== undefined) return client.address;
  const { remoteAddr, incoming } = (env ?? {}) as HandedOn;
  return remoteAddr?.hostname ?? incoming?.socket?.remoteAddress;
}

/** What servers hand on with a request. */
interface HandedOn {
  readonly remoteAddr?: { readonly hostname?: string };
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } };
}
