/**
 * What is used of `ws`. Its own types are those of Node, all of which would come with them.
 */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** A WebSocket. */
export interface ServerSocket {
  /** Sends a message or a fragment of one; calls back once it has gone, or cannot go. */
  send(data: Uint8Array, options: SendOptions, sent: () => void): void;
  /** Asks for a sign of life. */
  ping(): void;
  /** Ends it in an orderly way. */
  close(code: number, reason: string): void;
  /** Ends it at once. */
  terminate(): void;
  /** Listens. */
  on(event: "pong" | "close" | "error", listener: () => void): void;
}

/** What a message is sent as. */
export interface SendOptions {
  /** Whether it is binary, else text. */
  readonly binary: boolean;
  /** Whether it is compressed. */
  readonly compress: boolean;
  /** Whether the message ends with it. */
  readonly fin: boolean;
}

/** The settings of a server. */
export interface ServerSettings {
  /** Whether the caller listens for connections. */
  readonly noServer: true;
  /** Whether clients are kept in a list. */
  readonly clientTracking: boolean;
  /** Whether messages are compressed. */
  readonly perMessageDeflate: boolean;
  /** Bytes that a message from a client may have. */
  readonly maxPayload: number;
}

/** Makes WebSockets of connections. */
export class WebSocketServer {
  /** Has no connections. */
  constructor(settings: ServerSettings);
  /** Shakes hands. */
  handleUpgrade(
    message: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    done: (socket: ServerSocket) => void,
  ): void;
}
