/**
 * Bytes that wait for all clients of the live feed together. A message that many clients share is counted once, because
 * it is in memory once.
 *
 * @module
 */

/** The account. */
export class LiveBytes {
  /** How many clients each message waits for. */
  readonly #holders: Map<Uint8Array, number> = new Map();
  #held = 0;

  /** Bytes of the messages that wait for anybody. */
  get held(): number {
    return this.#held;
  }

  /** A message waits for one more client. */
  hold(message: Uint8Array): void {
    const holders = this.#holders.get(message) ?? 0;
    if (holders === 0) this.#held += message.byteLength;
    this.#holders.set(message, holders + 1);
  }

  /** A message waits for one client less. */
  release(message: Uint8Array): void {
    const holders = this.#holders.get(message);
    if (holders === undefined) return;
    if (holders > 1) return void this.#holders.set(message, holders - 1);
    this.#holders.delete(message);
    this.#held -= message.byteLength;
  }
}
