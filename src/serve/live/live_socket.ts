/**
 * Handshakes of WebSocket clients of the live feed: what must be so before the protocol changes, and who changes it.
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

/** What clients are told when the server is closed. */
export const GOING_AWAY = { code: 1001, reason: "the server is closed" } as const;

const TOO_SLOW = { code: 1008, reason: "the client is too slow" } as const;
const TOO_MANY = { code: 1008, reason: "clients have nothing to say" } as const;
const TOO_BIG = { code: 1009, reason: "the message is too big" } as const;

/** Clients have nothing to say. */
export const MESSAGE_BYTES_MAX = 1_024;
/** How many messages a client may send nevertheless; each one may have been large. */
const MESSAGES_MAX = 16;

/** Source: RFC 9110, 5.6.2. */
const TOKEN = /^[-!#$%&'*+.^_`|~0-9a-z]+$/i;
const VERSION = "13";
/** Sixteen bytes in Base64. */
const KEY = /^[+/0-9A-Za-z]{22}==$/;
/** After how many seconds Deno asks for a sign of life; as long again, and the connection is ended. */
const IDLE_TIMEOUT_SECONDS = 15;

/** A place, as who accepts a WebSocket needs it. */
export type TakeOutlet = Pick<Place, "take" | "leave" | "account">;

/** Makes a WebSocket of the connection that a request came by. */
export type Upgrade = (take: TakeOutlet) => void;

/** How requests of our own server are upgraded. */
const upgrades: WeakMap<Request, Upgrade | undefined> = new WeakMap();

/**
 * Says that a request of our own server asks for a WebSocket.
 *
 * @param upgrade Makes one; `undefined` if nobody here can
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
 * Refuses handshakes that are wrong, or come from a page of another site: browsers let any page open a WebSocket to any
 * host, and read what comes.
 *
 * @param origins Other sites whose pages may
 * @throws {HttpProblem} If there shall be no WebSocket
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
 * Makes a WebSocket of the connection that a request came by.
 *
 * @param handedOn What came with the request
 * @returns What to answer with; of no meaning if the request is of our own server
 * @throws {HttpProblem} If that cannot be done with this connection
 */
export function upgradeSocket(request: Request, handedOn: unknown, take: TakeOutlet): Response {
  const upgrade = upgrades.get(request);
  if (upgrade !== undefined) {
    upgrade(take);
    return new Response();
  }
  const upgraded = upgradeServed(request, handedOn, IDLE_TIMEOUT_SECONDS);
  if (upgraded === undefined) throw new HttpProblem(501, "there are no WebSockets on this server; use /live/sse");
  const { socket, response } = upgraded;
  socket.binaryType = "arraybuffer";
  const outlet = new DenoOutlet(socket, take);
  socket.onopen = () => take.take(outlet);
  socket.onmessage = ({ data }) => outlet.receive(data);
  socket.onclose = () => take.leave();
  return response;
}

/** Deno asks for signs of life by itself. Each client has a copy of all that waits for it. */
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

  beat(): boolean {
    return true;
  }

  end(): void {
    this.#socket.close(GOING_AWAY.code, GOING_AWAY.reason);
  }

  terminate(): void {
    this.#close(TOO_SLOW);
  }

  /** Deno hands a message on once it has all of it, 64 MiB at most; so all that can be done is to end the connection. */
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
