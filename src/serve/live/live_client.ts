/**
 * Client of a live feed. A slow client gets no frames until it has read everything that waits for it, then it begins
 * again. At most the limit and one beginning therefore wait for a client.
 *
 * @module
 */

import type { LiveStart } from "../../model/live_frames.ts";
import { Message } from "./live_message.ts";

/** Connection to a client. */
export interface Outlet {
  /** Bytes that were passed to the connection and not read yet. */
  readonly bufferedBytes: number;
  /** Bytes among them held in memory for this client only; none by default. */
  readonly copiedBytes?: number;
  /** Sends a message. */
  send(message: Message): void;
  /** Called at intervals; returns whether the client is still alive. */
  heartbeat(): boolean;
  /** Ends the connection in an orderly way, because the server is closed. */
  end(): void;
  /** Ends the connection at once. */
  terminate(): void;
}

/** Messages with which a client begins. */
export interface Beginning {
  /** Definitions, for a client that has lost no frames. */
  readonly start: LiveStart;
  /** Definitions as a message. */
  readonly message: Message;
  /** Frame with every value. */
  readonly frame: Message;
}

/** Waiting bytes above which a client is slow: some seconds of frames of a thousand series. */
const BUFFERED_BYTES_MAX = 2 ** 20;

export class LiveClient {
  readonly #outlet: Outlet;
  readonly #timeoutMs: number;
  #hasBegun = false;
  /** Whether it has to begin, for the first time or again. */
  #isBehind = true;
  #framesLost = 0;
  /** Waiting bytes at the last check; fewer at the next one show that it reads. */
  #lastBytes = 0;
  /** Whether it has read something, or everything, since the last check. */
  #hasTaken = true;
  #hasDrained = true;
  #takenAtMs = 0;
  #drainedAtMs = 0;

  /**
   * Creates a client that has to begin.
   *
   * @param timeoutMs Milliseconds for which it may read nothing
   */
  constructor(outlet: Outlet, timeoutMs: number) {
    this.#outlet = outlet;
    this.#timeoutMs = timeoutMs;
  }

  /** Whether it is behind, and has read everything that waited for it. */
  get needsBeginning(): boolean {
    return this.#isBehind && this.#outlet.bufferedBytes === 0;
  }

  /** Sends a beginning. */
  begin({ start, message, frame }: Beginning): void {
    const framesLost = this.#framesLost;
    this.#send(framesLost === 0 ? message : new Message("start", JSON.stringify({ ...start, framesLost })));
    this.#send(frame);
    this.#hasBegun = true;
    this.#isBehind = false;
  }

  /** Sends a frame, unless the client is behind; returns the number of frames lost. */
  offer(frame: Message): 0 | 1 {
    if (!this.#hasBegun) return 0;
    this.#isBehind ||= this.#outlet.bufferedBytes > BUFFERED_BYTES_MAX;
    if (this.#isBehind) {
      this.#framesLost += 1;
      return 1;
    }
    this.#send(frame);
    return 0;
  }

  /** Makes the client begin again, because its feed does not continue. */
  interrupt(): void {
    this.#isBehind = true;
  }

  /** Bytes that wait for the client. */
  get bufferedBytes(): number {
    return this.#outlet.bufferedBytes;
  }

  /** Bytes held in memory for this client only. */
  get copiedBytes(): number {
    return this.#outlet.copiedBytes ?? 0;
  }

  /** Time at which nothing waited for it, as of the last {@linkcode look}. */
  get drainedAtMs(): number {
    return this.#drainedAtMs;
  }

  /** Checks whether it reads; returns `false` if it has read nothing of what waits for it for too long. */
  look(nowMs: number): boolean {
    this.#note();
    if (this.#hasTaken) this.#takenAtMs = nowMs;
    if (this.#hasDrained) this.#drainedAtMs = nowMs;
    this.#hasTaken = this.#hasDrained = false;
    return nowMs - this.#takenAtMs <= this.#timeoutMs;
  }

  /** Whether the client is still alive. */
  heartbeat(): boolean {
    return this.#outlet.heartbeat();
  }

  /** Ends the connection in an orderly way. */
  end(): void {
    this.#outlet.end();
  }

  /** Ends the connection at once. */
  terminate(): void {
    this.#outlet.terminate();
  }

  #send(message: Message): void {
    this.#note();
    this.#outlet.send(message);
    this.#lastBytes = this.#outlet.bufferedBytes;
  }

  #note(): void {
    const { bufferedBytes } = this.#outlet;
    this.#hasDrained ||= bufferedBytes === 0;
    this.#hasTaken ||= bufferedBytes === 0 || bufferedBytes < this.#lastBytes;
    this.#lastBytes = bufferedBytes;
  }
}
