/**
 * The claim of a ring's reader, and the number of removals that readers have freed. Both lie in one word, so that a
 * dismissed reader frees nothing any more, at whatever instruction it was interrupted: the next reader frees the rest.
 *
 * @module
 */

const DISMISSED: bigint = 1n << 32n;

/** The word of a ring: the number of dismissed readers in its upper half, of freed removals in its lower. */
export class ReaderClaim {
  readonly #word: BigInt64Array;

  /** Wraps the `claim` of a ring's views. */
  constructor(word: BigInt64Array) {
    this.#word = word;
  }

  /** Number of the current reader: how many were dismissed before it. */
  get reader(): number {
    return Number(Atomics.load(this.#word, 0) >> 32n);
  }

  /** Removals that readers have freed, modulo 2³². */
  get freed(): number {
    return Number(BigInt.asIntN(32, Atomics.load(this.#word, 0)));
  }

  /** Dismisses the current reader. */
  dismiss(): void {
    Atomics.add(this.#word, 0, DISMISSED);
  }

  /** Starts over with another reader, and nothing freed. */
  renew(): void {
    Atomics.store(this.#word, 0, BigInt(this.reader + 1) << 32n);
  }

  /**
   * Counts more removals as freed.
   *
   * @param reader Number of the reader that frees them
   * @returns Whether it is still the current reader; if not, nothing has changed
   */
  free(reader: number, count: number): boolean {
    while (true) {
      const found = Atomics.load(this.#word, 0);
      if (Number(found >> 32n) !== reader) return false;
      const freed = BigInt.asUintN(32, found + BigInt(count));
      const next = (BigInt(reader) << 32n) | freed;
      if (Atomics.compareExchange(this.#word, 0, found, next) === found) return true;
    }
  }
}
