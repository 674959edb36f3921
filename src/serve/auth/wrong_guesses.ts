/**
 * Limit on wrong credentials per address: ten at once, then one per second. Right credentials are compared first and
 * never counted, so no client is locked out by others at the same address.
 *
 * @module
 */

/** Number of wrong guesses at once. */
const BURST = 10;
/** Milliseconds between further wrong guesses. */
const INTERVAL_MS = 1_000;
/** Maximum number of remembered addresses; further ones share one limit. */
const ADDRESSES_MAX = 1_024;
/** Key of unknown addresses, and of those beyond the maximum. */
const SHARED = "";

/** Wrong guesses of all addresses. */
export class WrongGuesses {
  readonly #now: () => number;
  /** Time by address at which its guesses no longer count. The address that guessed last is the last. */
  readonly #settledMs: Map<string, number> = new Map();

  /** Creates an empty record. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Number of remembered addresses. */
  get size(): number {
    return this.#settledMs.size;
  }

  /**
   * Counts a wrong guess.
   *
   * @returns Milliseconds until the next one is checked; 0 if this one was within the limit
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

/** Returns the first half of an IPv6 address, because a client can use any address within it. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":")) return address;
  const [head, tail] = address.split("::").map((part) => part === "" ? [] : part.split(":"));
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...Array<string>(zeros).fill("0"), ...(tail ?? [])].slice(0, 4).join(":");
}
