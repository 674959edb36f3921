/**
 * WebSockets on the runtime's own server.
 *
 * @module
 */

import { isDeno } from "./runtime.ts";

/** A WebSocket, and the response that a handler returns for it. */
export interface Upgraded {
  /** The WebSocket. */
  readonly socket: WebSocket;
  /** The response. */
  readonly response: Response;
}

/**
 * Turns the connection of a request into a WebSocket, which the runtime ends when its client answers no ping.
 *
 * @param info Second argument of the handler: `Deno.serve` passes the client's address. Of any other request Deno would
 *   make a WebSocket that never opens
 * @param idleTimeoutSeconds Seconds until a ping, and from it until the end
 * @returns `undefined` if the request did not come through the runtime's own server
 */
export function upgradeServed(request: Request, info: unknown, idleTimeoutSeconds: number): Upgraded | undefined {
  const isServed = typeof info === "object" && info !== null && "remoteAddr" in info && isDeno();
  return isServed ? Deno.upgradeWebSocket(request, { idleTimeout: idleTimeoutSeconds }) : undefined;
}
