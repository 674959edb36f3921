/**
 * Bytes that wait for all clients of the live feed together. A shared message is counted once, because it is in memory
 * once.
 *
 * @module
 */

/** Account of waiting bytes. */
export class LiveBytes {
  /** Number of clients that each message waits for. */
  readonly #holders: Map<Uint8Array, number> = new Map();
  #held = 0;

  /** Bytes of the messages that wait for any client. */
  get held(): number {
    return this.#held;
  }

  /** Adds a client to a message. */
  hold(message: Uint8Array): void {
    const holders = this.#holders.get(message) ?? 0;
    if (holders === 0) this.#held += message.byteLength;
    this.#holders.set(message, holders + 1);
  }

  /** Removes a client from a message. */
  release(message: Uint8Array): void {
    const holders = this.#holders.get(message);
    if (holders === undefined) return;
    if (holders > 1) return void this.#holders.set(message, holders - 1);
    this.#holders.delete(message);
    this.#held -= message.byteLength;
  }
}
