/**
 * List of entries in the order of their age. Entries are linked to their neighbors, so that any of them can be removed
 * in constant time, without an allocation.
 *
 * @module
 */

/** Links of an entry, changed only by its list. */
export interface Aged<Entry> {
  /** Next older entry. */
  older: Entry | undefined;
  /** Next younger entry. */
  newer: Entry | undefined;
}

/** List of entries, the youngest first. An entry is in at most one list. */
export class AgeList<Entry extends Aged<Entry>> {
  #oldest: Entry | undefined;
  #newest: Entry | undefined;
  #size = 0;

  /** Oldest entry; `undefined` if there is none. */
  get oldest(): Entry | undefined {
    return this.#oldest;
  }

  /** Number of entries. */
  get size(): number {
    return this.#size;
  }

  /** Adds an entry as the youngest. */
  add(entry: Entry): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
    this.#size += 1;
  }

  /** Removes an entry, which must be in this list. */
  remove(entry: Entry): void {
    const { older, newer } = entry;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    entry.older = undefined;
    entry.newer = undefined;
    this.#size -= 1;
  }

  /** Yields all entries, the youngest first. */
  *[Symbol.iterator](): Generator<Entry> {
    for (let entry = this.#newest; entry !== undefined; entry = entry.older) yield entry;
  }
}
