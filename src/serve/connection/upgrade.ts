/**
 * Requests for a WebSocket on a `node:http` server: answered like any other, unless the answer is an upgrade.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { STATUS_TEXT } from "@std/http/status";
import { type Client, setClient } from "../http/client.ts";
import { type ExchangeSettings, refusalOf, refuseHead, toRequest } from "./exchange.ts";
import { offerUpgrade, type TakeOutlet } from "../live/live_socket.ts";

/** Upgrades a connection to a WebSocket. */
export type AcceptSocket = (message: IncomingMessage, socket: Duplex, head: Uint8Array, take: TakeOutlet) => void;

/**
 * Answers a request for an upgrade; never rejects.
 *
 * @param client Sender of the request
 * @param accept Upgrades the connection; `undefined` if WebSockets are not available
 */
export async function answerUpgrade(
  message: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  client: Client,
  { fetch, isHost }: ExchangeSettings,
  accept: AcceptSocket | undefined,
): Promise<void> {
  // The socket is closed after an error anyway.
  socket.on("error", () => {});
  try {
    let isAccepted = false;
    const request = toRequest(message);
    if (request === undefined) return await refuse(socket, refusalOf(message));
    setClient(request, client);
    offerUpgrade(
      request,
      accept && ((take) => {
        isAccepted = true;
        accept(message, socket, head, take);
      }),
    );
    const response = refuseHead(message, isHost) ?? await fetch(request);
    if (!isAccepted) await refuse(socket, response);
  } catch {
    // The client has disconnected.
    socket.destroy();
  }
}

/** Writes the answer to the socket, because the server has released the connection. */
export async function refuse(socket: Duplex, response: Response): Promise<void> {
  const { status, headers } = response;
  const body = await response.bytes();
  const lines = [...headers].filter(([name]) => name !== "connection").map(([name, value]) => `${name}: ${value}`);
  const text = STATUS_TEXT[status as keyof typeof STATUS_TEXT];
  const head = [`HTTP/1.1 ${status} ${text}`, ...lines, "connection: close"].join("\r\n");
  socket.write(`${head}\r\n\r\n`);
  socket.end(body, () => socket.destroy());
}
