/**
 * A client of a live feed, and what becomes of one that is slow: it gets no frames until it has taken all that waits for
 * it, then it begins again. So no more waits for a client than the limit and what it began with.
 *
 * @module
 */

import type { LiveStart } from "../../model/live_frames.ts";
import { Message } from "./live_message.ts";

/** Where messages go. */
export interface Outlet {
  /** Bytes that were sent and not taken yet. */
  readonly bufferedBytes: number;
  /** Those of them that are in memory for this client alone; none by default. */
  readonly copiedBytes?: number;
  /** Sends a message. */
  send(message: Message): void;
  /** Called every now and then; whether the other side still shows signs of life. */
  beat(): boolean;
  /** Ends it in an orderly way: the server goes away. */
  end(): void;
  /** Ends it at once. */
  terminate(): void;
}

/** What a client begins with. */
export interface Beginning {
  /** The definitions, for one that has lost nothing. */
  readonly start: LiveStart;
  /** The same as a message. */
  readonly message: Message;
  /** Every value. */
  readonly frame: Message;
}

/** Above this, a client is slow: some seconds of what is sent of a thousand series. */
const BUFFERED_BYTES_MAX = 2 ** 20;

/** A client. */
export class LiveClient {
  readonly #outlet: Outlet;
  readonly #timeoutMs: number;
  #hasBegun = false;
  /** Whether it has to begin, for the first time or again. */
  #isBehind = true;
  #framesLost = 0;
  /** What waited for it when that was last looked at; less than that shows that it reads. */
  #lastBytes = 0;
  /** Whether it has taken something, or everything, since the last look. */
  #hasTaken = true;
  #hasDrained = true;
  #takenAtMs = 0;
  #drainedAtMs = 0;

  /**
   * One that was sent nothing yet.
   *
   * @param timeoutMs How long it may take nothing at all
   */
  constructor(outlet: Outlet, timeoutMs: number) {
    this.#outlet = outlet;
    this.#timeoutMs = timeoutMs;
  }

  /** Whether it is behind, and has taken all that waited for it. */
  get needsBeginning(): boolean {
    return this.#isBehind && this.#outlet.bufferedBytes === 0;
  }

  /** Has it begin. */
  begin({ start, message, frame }: Beginning): void {
    const framesLost = this.#framesLost;
    this.#send(framesLost === 0 ? message : new Message("start", JSON.stringify({ ...start, framesLost })));
    this.#send(frame);
    this.#hasBegun = true;
    this.#isBehind = false;
  }

  /** Sends it a frame, unless it is behind; how many frames it has lost by that. */
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

  /** What it has does not go on: it has to begin again. */
  interrupt(): void {
    this.#isBehind = true;
  }

  /** Bytes that wait for it. */
  get bufferedBytes(): number {
    return this.#outlet.bufferedBytes;
  }

  /** See {@linkcode Outlet.copiedBytes}. */
  get copiedBytes(): number {
    return this.#outlet.copiedBytes ?? 0;
  }

  /** When everything had last been taken that waited for it, as of the last {@linkcode look}. */
  get drainedAtMs(): number {
    return this.#drainedAtMs;
  }

  /** Looks whether it reads; false if something waits for it, and it has taken nothing of that for too long. */
  look(nowMs: number): boolean {
    this.#note();
    if (this.#hasTaken) this.#takenAtMs = nowMs;
    if (this.#hasDrained) this.#drainedAtMs = nowMs;
    this.#hasTaken = this.#hasDrained = false;
    return nowMs - this.#takenAtMs <= this.#timeoutMs;
  }

  /** See {@linkcode Outlet.beat}. */
  beat(): boolean {
    return this.#outlet.beat();
  }

  /** See {@linkcode Outlet.end}. */
  end(): void {
    this.#outlet.end();
  }

  /** See {@linkcode Outlet.terminate}. */
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
