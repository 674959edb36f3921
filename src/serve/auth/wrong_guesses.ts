/**
 * How often an address may show wrong credentials: ten times, and then once a second. Right ones are compared before
 * and are never counted, so nobody is locked out by others behind the same address.
 *
 * @module
 */

/** How many at once. */
const BURST = 10;
/** How often after that. */
const INTERVAL_MS = 1_000;
/** Addresses that are remembered; those that come when there are as many share one limit. */
const ADDRESSES_MAX = 1_024;
/** No address: of those whose address is not known, and those that there is no room for. */
const SHARED = "";

/** The wrong guesses of all addresses. */
export class WrongGuesses {
  readonly #now: () => number;
  /** By address, when as many guesses as it has made would be made up for. The one that guessed last is the last. */
  readonly #settledMs: Map<string, number> = new Map();

  /** Nobody has guessed. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** How many addresses are remembered. */
  get size(): number {
    return this.#settledMs.size;
  }

  /**
   * Counts a wrong guess.
   *
   * @returns Milliseconds until the next one is looked at; 0 if this one was within the limit
   */
  count(address: string | undefined): number {
    const nowMs = this.#now();
    const key = this.#keyOf(address === undefined ? SHARED : networkOf(address), nowMs);
    const settledMs = Math.max(nowMs, this.#settledMs.get(key) ?? nowMs);
    const waitMs = settledMs - nowMs - (BURST - 1) * INTERVAL_MS;
    if (waitMs > 0) return waitMs;
    this.#settledMs.delete(key);
    this.#settledMs.set(key, settledMs + INTERVAL_MS);
    return 0;
  }

  #keyOf(network: string, nowMs: number): string {
    if (this.#settledMs.has(network) || this.#settledMs.size < ADDRESSES_MAX) return network;
    for (const [key, settledMs] of this.#settledMs) {
      if (settledMs > nowMs) break;
      this.#settledMs.delete(key);
    }
    return this.#settledMs.size < ADDRESSES_MAX ? network : SHARED;
  }
}

/** Of an address of IPv6 the first half, because a client can have any in it. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head, tail] = address.split("::").map((part) => part === "" ? [] : part.split(":"));
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array<string>(zeros).fill("0"), ...(tail ?? [])].slice(0, 4).join(":");
}
