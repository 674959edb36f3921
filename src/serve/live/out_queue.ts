/**
 * Messages that wait for one client. They are handed on in slices, the next one once the one before has gone: so little
 * of them is copied on the way, and each slice that has gone shows that the client reads.
 *
 * @module
 */

import type { LiveBytes } from "./live_bytes.ts";

/** What is handed on at once, and can be copied on the way. */
const SLICE_BYTES = 65_536;

/** A part of a message. */
export interface Slice {
  /** The part. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether the message ends with it. */
  readonly isLast: boolean;
}

/** The queue of a client. */
export class OutQueue {
  readonly #account: LiveBytes;
  #messages: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes of the first message that were handed on. */
  #handedOn = 0;
  /** Bytes of the first message that have gone. */
  #gone = 0;
  #total = 0;

  /** Has no messages. */
  constructor(account: LiveBytes) {
    this.#account = account;
  }

  /** Bytes that have not gone yet. */
  get byteLength(): number {
    return this.#total - this.#gone;
  }

  /** Adds a message. */
  add(message: Uint8Array<ArrayBuffer>): void {
    this.#messages.push(message);
    this.#total += message.byteLength;
    this.#account.hold(message);
  }

  /** What comes next, now that everything before it has gone; `undefined` if there is nothing. */
  next(): Slice | undefined {
    this.#gone = this.#handedOn;
    if (this.#messages.length > 0 && this.#gone === this.#messages[0].byteLength) this.#drop();
    const [message] = this.#messages;
    if (message === undefined) return undefined;
    const bytes = message.subarray(this.#gone, this.#gone + SLICE_BYTES);
    this.#handedOn += bytes.byteLength;
    return { bytes, isLast: this.#handedOn === message.byteLength };
  }

  /** Drops all messages. */
  clear(): void {
    for (const message of this.#messages) this.#account.release(message);
    this.#messages = [];
    this.#handedOn = this.#gone = this.#total = 0;
  }

  #drop(): void {
    const message = this.#messages.shift()!;
    this.#total -= message.byteLength;
    this.#handedOn = this.#gone = 0;
    this.#account.release(message);
  }
}
