/**
 * WebSockets on connections of `node:http`. The only module that imports `ws`, loaded when something is served: the
 * library looks at two variables of the environment when it is loaded, which not every program may.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
// @ts-types="./ws.d.ts"
import { type ServerSocket, WebSocketServer } from "ws";
import type { Outlet } from "./live_client.ts";
import { GOING_AWAY, type TakeOutlet } from "./live_socket.ts";

/** Clients have nothing to say. */
const MESSAGE_BYTES_MAX = 1_024;
const AS_TEXT = { binary: false, compress: false };

const server: WebSocketServer = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MESSAGE_BYTES_MAX,
});

/** Shakes hands with a client of the live feed. */
export function acceptSocket(message: IncomingMessage, socket: Duplex, head: Uint8Array, take: TakeOutlet): void {
  // That of a connection that ends before.
  socket.on("close", take.leave);
  server.handleUpgrade(message, socket, head, (accepted) => {
    accepted.on("close", take.leave);
    // A close follows.
    accepted.on("error", () => {});
    take.take(outletOf(accepted));
  });
}

function outletOf(socket: ServerSocket): Outlet {
  let isAlive = true;
  socket.on("pong", () => isAlive = true);
  return {
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send: ({ bytes }) => socket.send(bytes, AS_TEXT),
    beat: () => {
      const wasAlive = isAlive;
      isAlive = false;
      if (wasAlive) socket.ping();
      return wasAlive;
    },
    end: () => socket.close(GOING_AWAY.code, GOING_AWAY.reason),
    terminate: () => socket.terminate(),
  };
}
