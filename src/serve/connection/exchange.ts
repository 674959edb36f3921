/**
 * Adapter between a `node:http` server and an app that takes a `Request` and returns a `Response`.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { type Client, setClient } from "../http/client.ts";
import { EVENT_STREAM } from "../live/event_stream.ts";
import { type IsHost, refuseHost } from "../auth/hosts.ts";
import { allowedMethods, problem } from "../http/problem.ts";
import { PROTECTIVE_HEADERS } from "../http/response_headers.ts";
import { bodyTooLarge, isOpenEnded, patchBytesMax, refuseBody } from "../http/requests.ts";

/** Handler of requests. */
export type Fetch = (request: Request) => Response | Promise<Response>;

/** App with the limits of its requests and answers. */
export interface ExchangeSettings {
  /** App that answers. */
  readonly fetch: Fetch;
  /** Check of accepted host names; `undefined` to accept any. */
  readonly isHost: IsHost | undefined;
  /** Maximum bytes of a request's body. */
  readonly requestBytesMax: number;
  /** Milliseconds for sending an answer. */
  readonly scrapeTimeoutMs: number;
}

const EVERY_ANSWER = Object.fromEntries(PROTECTIVE_HEADERS);
/** Placeholder origin, which is never read. */
const ORIGIN = "http://localhost";

/** Receives the part of a body that is kept. */
type Keep = (chunk: Uint8Array<ArrayBuffer>) => void;

/**
 * Answers one request; never rejects.
 *
 * @param client Sender of the request
 */
export async function exchange(
  message: IncomingMessage,
  response: ServerResponse,
  client: Client,
  settings: ExchangeSettings,
): Promise<void> {
  try {
    await send(await answer(message, client, settings), response, settings.scrapeTimeoutMs);
  } catch {
    // The client has disconnected.
    response.destroy();
  }
}

async function answer(
  message: IncomingMessage,
  client: Client,
  { fetch, isHost, requestBytesMax }: ExchangeSettings,
): Promise<Response> {
  const isChange = message.method === "PATCH";
  const kept: Uint8Array<ArrayBuffer>[] = [];
  const keep = isChange ? (chunk: Uint8Array<ArrayBuffer>) => kept.push(chunk) : () => {};
  const bytesMax = isChange ? patchBytesMax(requestBytesMax) : requestBytesMax;
  const refusal = refuseHead(message, isHost) ?? await takeBody(message, bytesMax, keep);
  if (refusal !== undefined) {
    // The rest of the body is not read.
    refusal.headers.set("connection", "close");
    return refusal;
  }
  const request = toRequest(message, isChange ? new Blob(kept) : undefined);
  if (request === undefined) return refusalOf(message);
  setClient(request, client);
  return await fetch(request);
}

/** Refuses requests that the protocol forbids or that name another host. */
export function refuseHead(message: IncomingMessage, isHost: IsHost | undefined): Response | undefined {
  const refusal = refuseHost(message, isHost);
  if (refusal !== undefined) return refusal;
  const { expect } = message.headers;
  const canExpect = expect === undefined || expect.toLowerCase() === "100-continue";
  return canExpect ? undefined : problem(417, "the only supported expectation is 100-continue");
}

/** Reads a body, so that the next request can follow, unless it is too large. */
async function takeBody(message: IncomingMessage, bytesMax: number, keep: Keep): Promise<Response | undefined> {
  const headers = {
    contentLength: message.headers["content-length"],
    transferEncoding: message.headers["transfer-encoding"],
  };
  const refusal = refuseBody(headers, bytesMax);
  const isEmpty = Number(headers.contentLength ?? 0) === 0 && !isOpenEnded(headers);
  if (refusal !== undefined || isEmpty) return refusal;
  return await isLarger(message, bytesMax, keep) ? bodyTooLarge(bytesMax) : undefined;
}

/** Whether a body exceeds the limit; the rest stays unread. Rejects if the connection ends before. */
function isLarger(message: IncomingMessage, bytesMax: number, keep: Keep): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  let bytes = 0;
  message.on("data", (chunk: Uint8Array<ArrayBuffer>) => {
    bytes += chunk.byteLength;
    if (bytes <= bytesMax) return keep(chunk);
    message.pause();
    resolve(true);
  });
  message.on("end", () => resolve(false));
  message.on("close", () => reject(new Error("the connection has ended")));
  return promise;
}

/** Converts a request; `undefined` if it has no valid form for the app. */
export function toRequest({ method = "", url = "", rawHeaders }: IncomingMessage, body?: Blob): Request | undefined {
  try {
    const headers = new Headers();
    for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at], rawHeaders[at + 1]);
    // A path that begins with two slashes would otherwise be taken for a host.
    return new Request(new URL(url.startsWith("/") ? ORIGIN + url : url), { method, headers, body });
  } catch {
    return undefined;
  }
}

/** Refusal of a method that a `Request` cannot have, such as TRACE, or of an invalid address. */
export function refusalOf({ method = "" }: IncomingMessage): Response {
  if (method === "GET" || method === "HEAD") return problem(400, "the URL of the request is invalid");
  const allow = "GET, HEAD, OPTIONS";
  if (method === "OPTIONS") return allowedMethods(allow);
  return problem(405, `only GET and HEAD are supported, not ${method}`, { allow });
}

/**
 * Sends an answer, each part once the previous one is sent; ends the connection if this takes too long. Events have no
 * end, so their source checks that they are read.
 */
async function send({ status, headers, body }: Response, response: ServerResponse, timeoutMs: number): Promise<void> {
  if (headers.get("content-type") === EVENT_STREAM) {
    // A client that has ended its side may wait for an answer. Events have no end, so a departed client would keep its
    // place.
    const { socket } = response.req;
    if (socket.readableEnded) response.destroy();
    else socket.on("end", () => response.destroy());
  } else {
    const timer = setTimeout(() => response.destroy(), timeoutMs);
    response.on("close", () => clearTimeout(timer));
  }
  if (response.destroyed) return await body?.cancel();
  // Our header replaces the server's own, which announces that the connection ends.
  if (!response.shouldKeepAlive && headers.has("connection")) headers.append("connection", "close");
  response.writeHead(status, { ...EVERY_ANSWER, ...Object.fromEntries(headers) });
  const reader = body?.getReader();
  if (reader !== undefined) await pump(reader, response);
  response.end();
}

async function pump(reader: ReadableStreamDefaultReader<Uint8Array>, response: ServerResponse): Promise<void> {
  const giveUp = () => void reader.cancel().catch(() => {});
  response.on("close", giveUp);
  // The answer is late while a part of it waits to be sent.
  reader.closed.catch(() => response.destroy());
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (response.destroyed) return giveUp();
    await written(response, part.value);
  }
}

/** Resolves once a part is sent, or the connection has ended. */
function written(response: ServerResponse, part: Uint8Array): Promise<void> {
  return new Promise((resolve) => void response.write(part, () => resolve()));
}
