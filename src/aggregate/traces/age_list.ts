/**
 * Entries in the order of their age. Each knows its neighbours, so that it can leave from anywhere in one step and
 * nothing is allocated for it.
 *
 * @module
 */

/** What an entry carries for the list that it is in; nobody else touches it. */
export interface Aged<Entry> {
  /** The next older one. */
  older: Entry | undefined;
  /** The next younger one. */
  newer: Entry | undefined;
}

/** Entries, the youngest first. Each is in one such list at most. */
export class AgeList<Entry extends Aged<Entry>> {
  #oldest: Entry | undefined;
  #newest: Entry | undefined;
  #size = 0;

  /** The oldest; `undefined` if there is none. */
  get oldest(): Entry | undefined {
    return this.#oldest;
  }

  /** How many there are. */
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

  /** Takes an entry out that is in this list. */
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

  /** All of them, the youngest first. */
  *[Symbol.iterator](): Generator<Entry> {
    for (let entry = this.#newest; entry !== undefined; entry = entry.older) yield entry;
  }
}
