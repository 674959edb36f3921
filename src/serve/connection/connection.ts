/**
 * One connection of a server of `node:http`, whose requests are parsed one at a time: the next one once the one before
 * it is answered and its answer is taken. What comes meanwhile is left on the line. So a client has one request in
 * memory, however many it has sent and whether or not it reads.
 *
 * `node:http` itself parses all that comes, at once, and holds a request and a response for each.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Standing, Turns, Waiting } from "./turns.ts";

/** What the server attaches to a socket: a parser that reads the line by itself, past the socket's events. */
interface ParsedSocket extends Socket {
  readonly parser?: { readonly _consumed?: boolean; unconsume?(): void } | null;
}

/** What a connection belongs to. */
export interface ConnectionOwner {
  /** Where it waits for its turn. */
  readonly turns: Turns;
  /** Called when it has become busy or idle, or has shown credentials. */
  onChange(connection: Connection): void;
}

/** No head of a request has this within: a piece that ends with it has the end of one head at most. */
const HEAD_END = "\r\n\r\n";
/** Of a head or a body that are longer, what is parsed at once. */
const PIECE_BYTES_MAX = 4_096;
/** What may wait to be parsed before nothing more is read. */
const HELD_BYTES_MAX = 16_384;
/** What a connection may send that is new: the head of a request. */
const NEW_BYTES = 4_096;

/** A connection. */
export class Connection implements Waiting {
  readonly #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #parse: (bytes: Uint8Array) => void;
  readonly #parseEnd: () => void;
  /** What has come and is not parsed. */
  #held: Buffer = Buffer.alloc(0);
  #isPaused = false;
  /** Whether the client sends no more, and the server has not been notified. */
  #hasEnded = false;
  #isDetached = false;
  #unanswered = 0;
  #latest: IncomingMessage | undefined;
  #newBytes = NEW_BYTES;
  #isKnown: boolean;

  /**
   * Comes between a socket and the server that it was handed to.
   *
   * @param line What the socket reads, which is itself, or under TLS another one
   * @param isKnown Whether there is no need to show credentials
   */
  constructor(socket: Socket, line: Socket, isKnown: boolean, owner: ConnectionOwner) {
    this.#socket = socket;
    this.#isKnown = isKnown;
    this.#owner = owner;
    const [parse] = socket.listeners("data") as [((bytes: Uint8Array) => void)?];
    this.#parse = (bytes) => parse?.call(socket, bytes);
    // Behind that of the socket itself.
    const parseEnd = socket.listeners("end").at(-1) as (() => void) | undefined;
    this.#parseEnd = () => parseEnd?.call(socket);
    // A server that reads the line in another way keeps it.
    if (parse === undefined) return;
    const { parser } = socket as ParsedSocket;
    if (parser?._consumed) parser.unconsume?.();
    socket.removeListener("data", parse);
    socket.on("data", this.#take);
    if (parseEnd !== undefined) socket.removeListener("end", parseEnd);
    socket.on("end", this.#takeEnd);
    socket.on("close", () => owner.turns.leave(this));
    const { pause, resume } = socket;
    // That of TLS reads on while it is paused, and keeps what it reads.
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

  /** Whether it has shown credentials, or need not. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Whether it is a WebSocket, or about to be one. */
  get isDetached(): boolean {
    return this.#isDetached;
  }

  /** Whether a request of it has come as a whole and is not answered yet, or it is a WebSocket. */
  get isBusy(): boolean {
    return (this.#unanswered > 0 && this.#latest?.complete === true) || this.#isDetached;
  }

  /** See {@linkcode Waiting.standing}. */
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

  /** Notes a request, until its answer is taken. */
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
   * Releases the socket, which is about to have another protocol.
   *
   * @returns What has come and is not parsed
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

  /** See {@linkcode Waiting.step}. */
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

  /** Whether nothing is asked, or just this: a request whose body has not come yet. */
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
      // What is missing of a request cannot come any more.
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
