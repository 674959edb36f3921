/**
 * Handshakes of WebSocket clients of the live feed: their checks, and the upgrade.
 *
 * Source: RFC 6455, "The WebSocket Protocol", sections 4.2 and 10.2.
 *
 * @module
 */

import { upgradeServed } from "../../platform/upgrade.ts";
import type { Outlet } from "./live_client.ts";
import type { Place } from "./live_hub.ts";
import type { Message } from "./live_message.ts";
import { type Origins, refuseOtherSites } from "../auth/origins.ts";
import { HttpProblem } from "../http/problem.ts";

/** Close code and reason of a closed server. */
export const GOING_AWAY = { code: 1001, reason: "the server is closed" } as const;

const TOO_SLOW = { code: 1008, reason: "the client is too slow" } as const;
const TOO_MANY = { code: 1008, reason: "clients must not send messages" } as const;
const TOO_BIG = { code: 1009, reason: "the message is too big" } as const;

/** Maximum bytes of a client's message, although clients need not send any. */
export const MESSAGE_BYTES_MAX = 1_024;
/** Maximum number of messages that a client may send nevertheless; each one may have been large. */
const MESSAGES_MAX = 16;

/** Matches a token. Source: RFC 9110, 5.6.2. */
const TOKEN = /^[-!#$%&'*+.^_`|~0-9a-z]+$/i;
const VERSION = "13";
/** Matches sixteen bytes in Base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** Seconds after which Deno sends a ping; after as many again without an answer, it ends the connection. */
const IDLE_TIMEOUT_SECONDS = 15;

/** Place of a client that is being upgraded. */
export type TakeOutlet = Pick<Place, "take" | "leave" | "account">;

/** Upgrades the connection of a request to a WebSocket. */
export type Upgrade = (take: TakeOutlet) => void;

/** Upgrades by request to our own server. */
const upgrades: WeakMap<Request, Upgrade | undefined> = new WeakMap();

/**
 * Offers the upgrade of a request to our own server.
 *
 * @param upgrade Upgrades the connection; `undefined` if WebSockets are not available
 */
export function offerUpgrade(request: Request, upgrade: Upgrade | undefined): void {
  upgrades.set(request, upgrade);
}

/** Whether headers ask for a WebSocket. */
function asksForSocket(headers: Headers): boolean {
  const isListed = /(?:^|,)[ \t]*upgrade[ \t]*(?:,|$)/i.test(headers.get("connection") ?? "");
  return isListed && headers.get("upgrade")?.toLowerCase() === "websocket";
}

/**
 * Refuses handshakes that are invalid, or come from a page of another site: browsers let any page open a WebSocket to
 * any host, and read its messages.
 *
 * @param origins Other origins whose pages may follow the feed
 * @throws {HttpProblem} If the handshake is refused
 */
export function checkHandshake(request: Request, origins: Origins): void {
  const { headers } = request;
  if (!asksForSocket(headers)) {
    const upgrade = { upgrade: "websocket", connection: "upgrade" };
    throw new HttpProblem(426, "this is a WebSocket; server-sent events are at /live/sse", upgrade);
  }
  if (headers.get("sec-websocket-version") !== VERSION) {
    throw new HttpProblem(426, `the version of the WebSocket must be ${VERSION}`, { "sec-websocket-version": VERSION });
  }
  if (!KEY.test(headers.get("sec-websocket-key") ?? "")) {
    throw new HttpProblem(400, "Sec-WebSocket-Key must be 16 bytes in Base64");
  }
  if (!isListOfTokens(headers.get("sec-websocket-protocol"))) {
    throw new HttpProblem(400, "Sec-WebSocket-Protocol must be a list of different names");
  }
  if (headers.has("transfer-encoding") || Number(headers.get("content-length") ?? 0) > 0) {
    throw new HttpProblem(400, "a request for a WebSocket must have no body");
  }
  refuseOtherSites(request, origins);
}

function isListOfTokens(list: string | null): boolean {
  if (list === null) return true;
  const tokens = list.split(",").map((each) => each.trim());
  return tokens.every((each) => TOKEN.test(each)) && new Set(tokens).size === tokens.length;
}

/**
 * Upgrades the connection of a request to a WebSocket.
 *
 * @param info Information that the server passed with the request
 * @returns The answer; without effect for a request to our own server
 * @throws {HttpProblem} If this connection cannot be upgraded
 */
export function upgradeSocket(request: Request, info: unknown, take: TakeOutlet): Response {
  const upgrade = upgrades.get(request);
  if (upgrade !== undefined) {
    upgrade(take);
    return new Response();
  }
  const upgraded = upgradeServed(request, info, IDLE_TIMEOUT_SECONDS);
  if (upgraded === undefined) throw new HttpProblem(501, "this server does not support WebSockets; use /live/sse");
  const { socket, response } = upgraded;
  socket.binaryType = "arraybuffer";
  const outlet = new DenoOutlet(socket, take);
  socket.onopen = () => take.take(outlet);
  socket.onmessage = ({ data }) => outlet.receive(data);
  socket.onclose = () => take.leave();
  return response;
}

/**
 * Outlet over Deno's WebSocket, which sends pings automatically. Each client has a copy of everything that waits for
 * it.
 */
class DenoOutlet implements Outlet {
  readonly #socket: WebSocket;
  readonly #take: TakeOutlet;
  #messages = 0;

  constructor(socket: WebSocket, take: TakeOutlet) {
    this.#socket = socket;
    this.#take = take;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  get copiedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send({ text }: Message): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  heartbeat(): boolean {
    return true;
  }

  end(): void {
    this.#socket.close(GOING_AWAY.code, GOING_AWAY.reason);
  }

  terminate(): void {
    this.#close(TOO_SLOW);
  }

  /** Counts a message. Deno delivers complete messages of up to 64 MiB, so only the connection can be ended. */
  receive(data: string | ArrayBuffer): void {
    const byteLength = typeof data === "string" ? data.length : data.byteLength;
    this.#messages += 1;
    if (byteLength > MESSAGE_BYTES_MAX) this.#close(TOO_BIG);
    else if (this.#messages > MESSAGES_MAX) this.#close(TOO_MANY);
  }

  /** Closes the connection. A client that does not read does not answer a close, so its place is released at once. */
  #close({ code, reason }: { readonly code: number; readonly reason: string }): void {
    this.#take.leave();
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
  }
}
