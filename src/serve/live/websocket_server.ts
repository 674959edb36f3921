/**
 * WebSockets on connections of `node:http`. The only module that imports `ws`, loaded when serving starts: the library
 * reads two environment variables when it is loaded, for which a program may lack permission.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
// @ts-types="./ws.d.ts"
import { type ServerSocket, WebSocketServer } from "ws";
import type { Outlet } from "./live_client.ts";
import type { Message } from "./live_message.ts";
import { GOING_AWAY, MESSAGE_BYTES_MAX, type TakeOutlet } from "./live_socket.ts";
import { OutQueue } from "./out_queue.ts";

/** Maximum bytes that a client may send between two heartbeats: pongs and a close, with room. */
const RECEIVED_BYTES_MAX = 65_536;

const server: WebSocketServer = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MESSAGE_BYTES_MAX,
});

/** Upgrades a client of the live feed. */
export function acceptSocket(message: IncomingMessage, socket: Duplex, head: Uint8Array, take: TakeOutlet): void {
  // For a connection that ends before the upgrade.
  socket.on("close", take.leave);
  server.handleUpgrade(message, socket, head, (accepted) => {
    const outlet = new SocketOutlet(accepted, take);
    accepted.on("close", () => outlet.leave());
    // A close follows.
    accepted.on("error", () => {});
    socket.on("data", ({ byteLength }: Uint8Array) => outlet.receive(byteLength));
    take.take(outlet);
  });
}

class SocketOutlet implements Outlet {
  readonly #socket: ServerSocket;
  readonly #take: TakeOutlet;
  readonly #queue: OutQueue;
  #isSending = false;
  #hasEnded = false;
  #isAlive = true;
  #receivedBytes = 0;

  constructor(socket: ServerSocket, take: TakeOutlet) {
    this.#socket = socket;
    this.#take = take;
    this.#queue = new OutQueue(take.account);
    socket.on("pong", () => this.#isAlive = true);
  }

  get bufferedBytes(): number {
    return this.#queue.byteLength;
  }

  send({ bytes }: Message): void {
    if (this.#hasEnded) return;
    this.#queue.add(bytes);
    if (!this.#isSending) this.#sendNext();
  }

  heartbeat(): boolean {
    const wasAlive = this.#isAlive;
    this.#isAlive = false;
    this.#receivedBytes = 0;
    if (wasAlive) this.#socket.ping();
    return wasAlive;
  }

  end(): void {
    this.#socket.close(GOING_AWAY.code, GOING_AWAY.reason);
  }

  terminate(): void {
    this.leave();
    this.#socket.terminate();
  }

  /** Counts received bytes. Each ping is answered by a pong, which waits for a client that does not read. */
  receive(byteLength: number): void {
    this.#receivedBytes += byteLength;
    if (this.#receivedBytes > RECEIVED_BYTES_MAX) this.terminate();
  }

  leave(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#queue.clear();
    this.#take.leave();
  }

  /** Sends a fragment; control frames may come in between. */
  #sendNext(): void {
    const slice = this.#queue.next();
    this.#isSending = slice !== undefined;
    if (slice === undefined) return;
    this.#socket.send(slice.bytes, { binary: false, compress: false, fin: slice.isLast }, () => {
      if (!this.#hasEnded) this.#sendNext();
    });
  }
}
