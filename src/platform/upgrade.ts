/**
 * WebSockets on the runtime's own server.
 *
 * @module
 */

import { isDeno } from "./runtime.ts";

/** WebSocket, and the response that a handler returns for it. */
export interface Upgraded {
  readonly socket: WebSocket;
  readonly response: Response;
}

/**
 * Upgrades the connection of a request to a WebSocket, which the runtime ends if its client does not answer a ping.
 *
 * @param info Second argument of the handler, in which `Deno.serve` passes the client's address. From any other
 * request, Deno would create a WebSocket that never opens
 * @param idleTimeoutSeconds Seconds of inactivity until a ping, and from the ping until the end
 * @returns `undefined` if the request did not come through the runtime's own server
 */
export function upgradeServed(request: Request, info: unknown, idleTimeoutSeconds: number): Upgraded | undefined {
  const isServed = typeof info === "object" && info !== null && "remoteAddr" in info && isDeno();
  return isServed ? Deno.upgradeWebSocket(request, { idleTimeout: idleTimeoutSeconds }) : undefined;
}
