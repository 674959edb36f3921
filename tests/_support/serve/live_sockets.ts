/**
 * Clients of the live feed for tests: they keep what comes, and wait for it.
 *
 * @module
 */

import type { LiveFrame, LiveMessage, LiveStart } from "../../../src/model/live_frames.ts";

/** A client that messages come to. */
export interface LiveTestClient {
  /** The next message. */
  next(): Promise<LiveMessage>;
  /** The next message, which is to be a start. */
  start(): Promise<LiveStart>;
  /** The next message, which is to be a frame. */
  frame(): Promise<LiveFrame>;
  /** Ends it, unless the other side has. */
  close(): Promise<void>;
}

/** A client by WebSocket, and how it ended. */
export interface SocketClient extends LiveTestClient {
  /** The code that it was closed with. */
  readonly closed: Promise<number>;
}

function kept() {
  const messages: LiveMessage[] = [];
  const waiting: ((message: LiveMessage) => void)[] = [];
  const next = () => {
    const message = messages.shift();
    return message !== undefined
      ? Promise.resolve(message)
      : new Promise<LiveMessage>((resolve) => waiting.push(resolve));
  };
  const expect = async <Type extends LiveMessage["type"]>(type: Type) => {
    const message = await next();
    if (message.type !== type) throw new Error(`a ${message.type} came instead of a ${type}`);
    return message as Extract<LiveMessage, { type: Type }>;
  };
  const add = (text: string) => {
    const message = JSON.parse(text);
    const resolve = waiting.shift();
    if (resolve === undefined) messages.push(message);
    else resolve(message);
  };
  return { add, next, start: () => expect("start"), frame: () => expect("frame") };
}

/** Follows by WebSocket; rejects if that is refused. */
export async function followSocket(url: string, query: string = ""): Promise<SocketClient> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/live${query}`);
  const messages = kept();
  const closed = Promise.withResolvers<number>();
  const opened = Promise.withResolvers<void>();
  socket.onopen = () => opened.resolve();
  socket.onmessage = ({ data }) => messages.add(data);
  socket.onclose = ({ code }) => {
    closed.resolve(code);
    opened.reject(new Error("the WebSocket was refused"));
  };
  await opened.promise;
  return {
    ...messages,
    closed: closed.promise,
    close: async () => {
      if (socket.readyState !== WebSocket.CLOSED) socket.close();
      await closed.promise;
    },
  };
}

/** Follows by server-sent events. */
export function followEvents(response: Response): LiveTestClient & { readonly ended: Promise<void> } {
  const messages = kept();
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  const read = async () => {
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const events = (text + part.value).split("\n\n");
      text = events.pop()!;
      for (const event of events) {
        const data = /^event: (?:start|frame)\ndata: (.*)$/.exec(event)?.[1];
        if (data !== undefined) messages.add(data);
      }
    }
  };
  const ended = read();
  return { ...messages, ended, close: () => reader.cancel() };
}

/** What a client says that asks for a WebSocket. */
export const HANDSHAKE = {
  "connection": "Upgrade",
  "upgrade": "websocket",
  "sec-websocket-version": "13",
  "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
};

/** The same as it stands in a request. */
export function handshakeTo(path: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ host: "127.0.0.1", ...HANDSHAKE, ...headers }).map((each) => each.join(": "));
  return [`GET ${path} HTTP/1.1`, ...lines, "", ""].join("\r\n");
}
