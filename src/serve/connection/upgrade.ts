/**
 * Requests for a WebSocket on a server of `node:http`: answered as any other, unless the answer is that there shall be
 * one.
 *
 * @module
 */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { STATUS_TEXT } from "@std/http/status";
import { type Client, setClient } from "../http/client.ts";
import { type ExchangeSettings, refusalOf, refuseHead, toRequest } from "./exchange.ts";
import { offerUpgrade, type TakeOutlet } from "../live/live_socket.ts";

/** Makes a WebSocket of a connection. */
export type AcceptSocket = (message: IncomingMessage, socket: Duplex, head: Uint8Array, take: TakeOutlet) => void;

/**
 * Answers one; never rejects.
 *
 * @param client Who has sent it
 * @param accept Makes a WebSocket of the connection; `undefined` if nobody here can
 */
export async function answerUpgrade(
  message: IncomingMessage,
  socket: Duplex,
  head: Uint8Array,
  client: Client,
  { fetch, isHost }: ExchangeSettings,
  accept: AcceptSocket | undefined,
): Promise<void> {
  // One that fails is closed too.
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
    // There is nobody left to tell.
    socket.destroy();
  }
}

/** Answers by hand, because the server has released the connection. */
export async function refuse(socket: Duplex, response: Response): Promise<void> {
  const { status, headers } = response;
  const body = await response.bytes();
  const lines = [...headers].filter(([name]) => name !== "connection").map(([name, value]) => `${name}: ${value}`);
  const text = STATUS_TEXT[status as keyof typeof STATUS_TEXT];
  const head = [`HTTP/1.1 ${status} ${text}`, ...lines, "connection: close"].join("\r\n");
  socket.write(`${head}\r\n\r\n`);
  socket.end(body, () => socket.destroy());
}
