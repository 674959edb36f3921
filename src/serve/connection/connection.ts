/**
 * Connection of a `node:http` server that parses requests one at a time: the next one once the previous one is answered
 * and its answer is sent. Further bytes stay in the socket. A client therefore has one request in memory, however many
 * it has sent and whether or not it reads.
 *
 * `node:http` itself parses all arrived bytes at once, and keeps a request and a response for each.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Standing, Turns, Waiting } from "./turns.ts";

/** Socket with the parser that the server attaches to it, which reads without the socket's events. */
interface ParsedSocket extends Socket {
  readonly parser?: { readonly _consumed?: boolean; unconsume?(): void } | null;
}

/** Owner of a connection. */
export interface ConnectionOwner {
  /** Queue of connections that wait to be parsed. */
  readonly turns: Turns;
  /** Called when the connection becomes busy or idle, or has shown credentials. */
  onChange(connection: Connection): void;
}

/** End of a request's head. It occurs nowhere else in a head, so a piece up to it ends at most one head. */
const HEAD_END = "\r\n\r\n";
/** Bytes of a longer head or body that are parsed at once. */
const PIECE_BYTES_MAX = 4_096;
/** Bytes waiting to be parsed above which reading stops. */
const HELD_BYTES_MAX = 16_384;
/** Bytes for which a connection counts as new: the head of a request. */
const NEW_BYTES = 4_096;

export class Connection implements Waiting {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #parse: (bytes: Uint8Array) => void;
  readonly #parseEnd: () => void;
  /** Arrived bytes that are not parsed yet. */
  #held: Buffer = Buffer.alloc(0);
  #isPaused = false;
  /** Whether the client has ended its side and the server has not been notified. */
  #hasEnded = false;
  #isDetached = false;
  #unanswered = 0;
  #latest: IncomingMessage | undefined;
  #newBytes = NEW_BYTES;
  #isKnown: boolean;

  /**
   * Inserts itself between a socket and the server.
   *
   * @param line Socket that is read: the same one, or the one below TLS
   * @param isKnown Whether no credentials are required
   */
  constructor(socket: Socket, line: Socket, isKnown: boolean, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#isKnown = isKnown;
    this.#owner = owner;
    const [parse] = socket.listeners("data") as [((bytes: Uint8Array) => void)?];
    this.#parse = (bytes) => parse?.call(socket, bytes);
    // Added after the listener of the socket itself.
    const parseEnd = socket.listeners("end").at(-1) as (() => void) | undefined;
    this.#parseEnd = () => parseEnd?.call(socket);
    // A server that reads the socket in another way is left alone.
    if (parse === undefined) return;
    const { parser } = socket as ParsedSocket;
    if (parser?._consumed) parser.unconsume?.();
    socket.removeListener("data", parse);
    socket.on("data", this.#take);
    if (parseEnd !== undefined) socket.removeListener("end", parseEnd);
    socket.on("end", this.#takeEnd);
    socket.on("close", () => owner.turns.leave(this));
    const { pause, resume } = socket;
    // A TLS socket reads on while it is paused, and keeps the bytes.
    socket.pause = () => {
      if (line !== socket) line.pause();
      return pause.call(socket);
    };
    // The server resumes a socket after each request.
    socket.resume = () => {
      if (this.#isPaused) return socket;
      if (line !== socket) line.resume();
      return resume.call(socket);
    };
  }

  /** Whether it has shown credentials, or none are required. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Whether it is a WebSocket, or about to become one. */
  get isDetached(): boolean {
    return this.#isDetached;
  }

  /** Whether one of its complete requests is not answered yet, or it is a WebSocket. */
  get isBusy(): boolean {
    return (this.#unanswered > 0 && this.#latest?.complete === true) || this.#isDetached;
  }

  get standing(): Standing {
    if (this.#isKnown) return "known";
    return this.#newBytes > 0 ? "new" : "stranger";
  }

  /** Notes that it has shown credentials. */
  admit(): void {
    if (this.#isKnown) return;
    this.#isKnown = true;
    this.#owner.onChange(this);
  }

  /** Notes a request, until its answer is sent. */
  begin(message: IncomingMessage, response: ServerResponse): void {
    this.#latest = message;
    this.#unanswered += 1;
    this.#newBytes = 0;
    this.#owner.onChange(this);
    response.on("close", () => {
      this.#unanswered -= 1;
      this.#owner.onChange(this);
      this.#wait();
    });
  }

  /**
   * Releases the socket for another protocol.
   *
   * @returns Arrived bytes that are not parsed yet
   */
  detach(): Buffer {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    this.#isDetached = true;
    this.#isPaused = false;
    this.#socket.removeListener("data", this.#take);
    this.#socket.removeListener("end", this.#takeEnd);
    this.#owner.turns.leave(this);
    this.#owner.onChange(this);
    return held;
  }

  /** Parses one request, or a part of one. */
  step(): void {
    if (this.#socket.destroyed || !this.#canParse) return;
    const end = this.#held.indexOf(HEAD_END);
    const length = Math.min(end < 0 ? this.#held.length : end + HEAD_END.length, PIECE_BYTES_MAX);
    const piece = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    this.#newBytes -= length;
    this.#parse(piece);
    if (this.#isDetached) return;
    // A request without a body is complete only after it has begun.
    if (this.isBusy) this.#owner.onChange(this);
    this.#wait();
  }

  readonly #take = (chunk: Buffer): void => {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    this.#wait();
  };

  readonly #takeEnd = (): void => {
    this.#hasEnded = true;
    this.#wait();
  };

  /** Whether there is no request, or only one whose body has not arrived yet. */
  get #canParse(): boolean {
    return this.#unanswered === 0 || (this.#unanswered === 1 && this.#latest?.complete === false);
  }

  #wait(): void {
    const { length } = this.#held;
    const canParse = this.#canParse;
    if (length > 0 && canParse) this.#owner.turns.enter(this);
    if (length === 0 && this.#hasEnded) {
      this.#hasEnded = false;
      this.#parseEnd();
      // The missing part of a request can no longer arrive.
      if (this.#latest?.complete === false) this.#socket.destroy();
    }
    this.#setPaused(length > HELD_BYTES_MAX || (length > 0 && !canParse));
  }

  #setPaused(isPaused: boolean): void {
    if (this.#isPaused === isPaused || this.#socket.destroyed) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#socket.pause();
    else this.#socket.resume();
  }
}
