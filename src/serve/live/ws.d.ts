/**
 * Types of the part of `ws` that is used. Its own types would require all of Node's.
 */

import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** A WebSocket. */
export interface ServerSocket {
  /** Sends a message or a fragment of one; calls back once it was sent, or cannot be. */
  send(data: Uint8Array, options: SendOptions, sent: () => void): void;
  /** Sends a ping. */
  ping(): void;
  /** Closes it with a code and a reason. */
  close(code: number, reason: string): void;
  /** Ends it at once. */
  terminate(): void;
  /** Adds a listener. */
  on(event: "pong" | "close" | "error", listener: () => void): void;
}

/** Form of a message. */
export interface SendOptions {
  /** Whether it is binary instead of text. */
  readonly binary: boolean;
  /** Whether it is compressed. */
  readonly compress: boolean;
  /** Whether it is the last fragment of its message. */
  readonly fin: boolean;
}

/** Settings of a server. */
export interface ServerSettings {
  /** Whether the caller listens for connections. */
  readonly noServer: true;
  /** Whether clients are kept in a list. */
  readonly clientTracking: boolean;
  /** Whether messages are compressed. */
  readonly perMessageDeflate: boolean;
  /** Maximum bytes of a message from a client. */
  readonly maxPayload: number;
}

/** Upgrades connections to WebSockets. */
export class WebSocketServer {
  /** Creates a server. */
  constructor(settings: ServerSettings);
  /** Upgrades a connection. */
  handleUpgrade(
    message: IncomingMessage,
    socket: Duplex,
    head: Uint8Array,
    done: (socket: ServerSocket) => void,
  ): void;
}
