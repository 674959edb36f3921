/**
 * Which reader a ring has, and how many removals readers have freed. Both lie in one word, so that a reader which was
 * dismissed frees nothing any more, at whatever instruction it was interrupted: the next reader frees what it has not.
 *
 * @module
 */

const DISMISSED: bigint = 1n << 32n;

/** The word of a ring: the readers that were dismissed in its upper half, what was freed in its lower. */
export class ReaderClaim {
  readonly #word: BigInt64Array;

  /** Takes the `claim` of a ring's views. */
  constructor(word: BigInt64Array) {
    this.#word = word;
  }

  /** The reader that there is: how many were dismissed before it. */
  get reader(): number {
    return Number(Atomics.load(this.#word, 0) >> 32n);
  }

  /** Removals that readers have freed, modulo 2³². */
  get freed(): number {
    return Number(BigInt.asIntN(32, Atomics.load(this.#word, 0)));
  }

  /** Takes the ring from its reader. */
  dismiss(): void {
    Atomics.add(this.#word, 0, DISMISSED);
  }

  /** Begins again with another reader, and nothing freed. */
  renew(): void {
    Atomics.store(this.#word, 0, BigInt(this.reader + 1) << 32n);
  }

  /**
   * Counts more removals as freed.
   *
   * @param reader Who frees them
   * @returns Whether that is still the reader; if not, nothing has changed
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
