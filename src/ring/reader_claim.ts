/**
 * Claim of a ring's reader, and the number of removals that readers have freed. Both are in one word, so that a
 * dismissed reader cannot free anything, at whatever instruction it was interrupted; the next reader frees the rest.
 *
 * @module
 */

const DISMISSED: bigint = 1n << 32n;

/** Claim word of a ring: its upper half is the number of dismissed readers, its lower half that of freed removals. */
export class ReaderClaim {
  readonly #word: BigInt64Array;

  /** Creates a claim from the `claim` of a ring's views. */
  constructor(word: BigInt64Array) {
    this.#word = word;
  }

  /** Number of the current reader: the number of readers that were dismissed before it. */
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

  /** Assigns another reader, and resets the number of freed removals. */
  renew(): void {
    Atomics.store(this.#word, 0, BigInt(this.reader + 1) << 32n);
  }

  /**
   * Counts more removals as freed.
   *
   * @param reader Number of the reader that frees them
   * @returns Whether it is still the current reader; if `false`, nothing has changed
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
