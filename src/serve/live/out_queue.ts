/**
 * Messages that wait for one client. They are passed to the connection in slices, the next one once the previous one is
 * sent: so only little of them is copied, and each sent slice shows that the client reads.
 *
 * @module
 */

import type { LiveBytes } from "./live_bytes.ts";

/** Bytes that are passed at once, and may be copied by the connection. */
const SLICE_BYTES = 65_536;

/** Part of a message. */
export interface Slice {
  /** Bytes of the part. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether it is the last part of its message. */
  readonly isLast: boolean;
}

/** Queue of a client. */
export class OutQueue {
  readonly #account: LiveBytes;
  #messages: Uint8Array<ArrayBuffer>[] = [];
  /** Bytes of the first message that were passed to the connection. */
  #passed = 0;
  /** Bytes of the first message that were sent. */
  #sent = 0;
  #total = 0;

  /** Creates an empty queue. */
  constructor(account: LiveBytes) {
    this.#account = account;
  }

  /** Bytes not sent yet. */
  get byteLength(): number {
    return this.#total - this.#sent;
  }

  /** Adds a message. */
  add(message: Uint8Array<ArrayBuffer>): void {
    this.#messages.push(message);
    this.#total += message.byteLength;
    this.#account.hold(message);
  }

  /** Returns the next slice, once the previous one is sent; `undefined` if there is none. */
  next(): Slice | undefined {
    this.#sent = this.#passed;
    if (this.#messages.length > 0 && this.#sent === this.#messages[0].byteLength) this.#drop();
    const [message] = this.#messages;
    if (message === undefined) return undefined;
    const bytes = message.subarray(this.#sent, this.#sent + SLICE_BYTES);
    this.#passed += bytes.byteLength;
    return { bytes, isLast: this.#passed === message.byteLength };
  }

  /** Drops all messages. */
  clear(): void {
    for (const message of this.#messages) this.#account.release(message);
    this.#messages = [];
    this.#passed = this.#sent = this.#total = 0;
  }

  #drop(): void {
    const message = this.#messages.shift()!;
    this.#total -= message.byteLength;
    this.#passed = this.#sent = 0;
    this.#account.release(message);
  }
}
