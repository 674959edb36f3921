/**
 * Counts of a ring's readers. A dismissed reader may still finish a batch while the next one counts, so readers add
 * atomically, once per batch rather than once per record.
 *
 * @module
 */

import { ringViews } from "./layout.ts";

/** Counts by position, see `Taken` in the layout. */
export class TakenCounts {
  readonly #counts: BigInt64Array;

  /** Creates a view of the counts of a ring. */
  constructor(buffer: ArrayBufferLike) {
    this.#counts = ringViews(buffer).taken;
  }

  /** Returns the count at a position. */
  at(position: number): number {
    return Number(Atomics.load(this.#counts, position));
  }

  /** Returns all counts, by position. */
  all(): number[] {
    return Array.from(this.#counts, (_, position) => this.at(position));
  }

  /** Adds to a count. */
  add(position: number, count: number): void {
    if (count !== 0) Atomics.add(this.#counts, position, BigInt(count));
  }

  /** Sets all counts to zero. */
  clear(): void {
    for (let position = 0; position < this.#counts.length; position++) Atomics.store(this.#counts, position, 0n);
  }

  /** Sets a count to a value, unless it is higher already. */
  raise(position: number, value: number): void {
    const wanted = BigInt(value);
    let found = Atomics.load(this.#counts, position);
    while (found < wanted) {
      const seen = Atomics.compareExchange(this.#counts, position, found, wanted);
      if (seen === found) return;
      found = seen;
    }
  }
}
