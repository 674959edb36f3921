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
const TOO_MANY = { code: 1008, reason: "clients have nothing to say" } as const;
const TOO_BIG = { code: 1009, reason: "the message is too big" } as const;

/** Clients have no messages to send. */
export const MESSAGE_BYTES_MAX = 1_024;
/** Messages that a client may send nevertheless; each one may have been large. */
const MESSAGES_MAX = 16;

/** Source: RFC 9110, 5.6.2. */
const TOKEN = /^[-!#$%&'*+.^_`|~0-9a-z]+$/i;
const VERSION = "13";
/** Sixteen bytes in Base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** Seconds after which Deno sends a ping; as long again without an answer, and it ends the connection. */
const IDLE_TIMEOUT_SECONDS = 15;

/** Place of a client that is being upgraded. */
export type TakeOutlet = Pick<Place, "take" | "leave" | "account">;

/** Upgrades the connection of a request to a WebSocket. */
export type Upgrade = (take: TakeOutlet) => void;

/** Upgrades by requests to our own server. */
const upgrades: WeakMap<Request, Upgrade | undefined> = new WeakMap();

/**
 * Offers the upgrade of a request to our own server.
 *
 * @param upgrade Upgrades it; `undefined` if WebSockets are not available
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
 * @param origins Other sites whose pages may follow
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
 * @param info The information that the server passed with the request
 * @returns The answer; without meaning for a request to our own server
 * @throws {HttpProblem} If this connection cannot be upgraded
 */
export function upgradeSocket(request: Request, info: unknown, take: TakeOutlet): Response {
  const upgrade = upgrades.get(request);
  if (upgrade !== undefined) {
    upgrade(take);
    return new Response();
  }
  const upgraded = upgradeServed(request, info, IDLE_TIMEOUT_SECONDS);
  if (upgraded === undefined) throw new HttpProblem(501, "there are no WebSockets on this server; use /live/sse");
  const { socket, response } = upgraded;
  socket.binaryType = "arraybuffer";
  const outlet = new DenoOutlet(socket, take);
  socket.onopen = () => take.take(outlet);
  socket.onmessage = ({ data }) => outlet.receive(data);
  socket.onclose = () => take.leave();
  return response;
}

/**
 * Outlet over Deno's WebSocket, which sends pings by itself. Each client has a copy of everything that waits for it.
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

  /** Deno delivers a message once it is complete, at most 64 MiB; so all that can be done is to end the connection. */
  receive(data: string | ArrayBuffer): void {
    const byteLength = typeof data === "string" ? data.length : data.byteLength;
    this.#messages += 1;
    if (byteLength > MESSAGE_BYTES_MAX) this.#close(TOO_BIG);
    else if (this.#messages > MESSAGES_MAX) this.#close(TOO_MANY);
  }

  /** A client that does not read does not answer a close either: its place is free at once. */
  #close({ code, reason }: { readonly code: number; readonly reason: string }): void {
    this.#take.leave();
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.close(code, reason);
  }
}
