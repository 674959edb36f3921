/**
 * Cache of encoded label sets between expositions: a label set never changes, and encoding it takes longer than the
 * rest of its series.
 *
 * The series of an owner come in the same order each time, so a label set is found by its position: the object cached
 * at that position must be identical, and nothing is hashed or compared. Where series were removed, the cache looks
 * ahead. After an inserted one, everything is encoded again.
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import { ByteWriter } from "./byte_writer.ts";

/** Minimum number of label sets that are kept although they were not used in a pass. */
const UNUSED_MAX = 64;
/** Size of an owner's first buffer, small because most owners have a single series. */
const ARENA_SIZE_FIRST = 64;

/** Encoder of a label set; must always write the same bytes. */
export type LabelWriter = (labels: Labels, writer: ByteWriter) => void;

/** Position of the bytes of a label set. */
export interface FoundLabels {
  /** Buffer of all label sets. */
  readonly bytes: Uint8Array;
  /** Position of the first byte. */
  readonly start: number;
  /** Position after the last byte. */
  readonly end: number;
}

/** Writer of label sets, from the cache where possible. */
export class LabelCache {
  readonly #write: LabelWriter;
  readonly #setsByOwner: WeakMap<object, LabelSets> = new WeakMap();
  #sets: LabelSets = new LabelSets();

  /** Creates an empty cache. */
  constructor(write: LabelWriter) {
    this.#write = write;
  }

  /** Begins a pass over the label sets of an owner. */
  begin(owner: object): void {
    let sets = this.#setsByOwner.get(owner);
    if (sets === undefined) this.#setsByOwner.set(owner, sets = new LabelSets());
    sets.begin();
    this.#sets = sets;
  }

  /** Writes the next label set of the pass, or the last one again. */
  append(labels: Labels, writer: ByteWriter): void {
    this.find(labels);
    writer.copy(this.#sets.arena, this.#sets.start, this.#sets.end);
  }

  /** Moves to the next label set of the pass, or to the last one again. */
  find(labels: Labels): void {
    this.#sets.find(labels, this.#write);
  }

  /** Position of the last label set found. */
  get found(): FoundLabels {
    return this.#sets;
  }
}

/** Label sets of one owner, in their order. */
class LabelSets implements FoundLabels {
  /** Bytes of all label sets. */
  readonly arena: ByteWriter = new ByteWriter(ARENA_SIZE_FIRST);
  start = 0;
  end = 0;
  readonly #labels: Labels[] = [];
  /** End of each label set in the arena; each one begins where the previous one ends. */
  readonly #ends: number[] = [];
  /** Position at which the next label set is expected. */
  #next = 0;
  /** Number of earlier positions not used in this pass. */
  #skippedCount = 0;

  get bytes(): Uint8Array {
    return this.arena.bytes;
  }

  begin(): void {
    this.#next = 0;
    this.#skippedCount = 0;
  }

  find(labels: Labels, write: LabelWriter): void {
    let at = this.#find(labels);
    if (at === this.#labels.length) at = this.#remember(labels, write);
    this.#next = at + 1;
    this.start = this.#startOf(at);
    this.end = this.#ends[at];
  }

  /** Returns the position of a label set, which may be new. */
  #find(labels: Labels): number {
    const known = this.#labels;
    const next = this.#next;
    if (next < known.length && known[next] === labels) return next;
    if (next > 0 && known[next - 1] === labels) return next - 1;
    // A pass inspects each position ahead once at most: what is found is skipped, what is not is truncated.
    for (let at = next + 1; at < known.length; at++) {
      if (known[at] !== labels) continue;
      this.#skippedCount += at - next;
      return at;
    }
    if (next < known.length) this.#truncate(next);
    return next;
  }

  #remember(labels: Labels, write: LabelWriter): number {
    // Most known label sets were not used, and their bytes must not stay for ever.
    const usedCount = this.#next - this.#skippedCount;
    if (this.#labels.length > 2 * usedCount + UNUSED_MAX) {
      this.#truncate(0);
      this.begin();
    }
    write(labels, this.arena);
    this.#ends.push(this.arena.length);
    return this.#labels.push(labels) - 1;
  }

  #truncate(count: number): void {
    this.arena.length = this.#startOf(count);
    this.#labels.length = count;
    this.#ends.length = count;
  }

  #startOf(at: number): number {
    return at === 0 ? 0 : this.#ends[at - 1];
  }
}
