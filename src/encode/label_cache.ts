/**
 * The bytes of label sets, kept from one exposition to the next: a label set never changes, and turning it into bytes
 * takes longer than all the rest of its series.
 *
 * The series of an owner come in the same order each time, so a label set is found by where it comes: what was
 * remembered at that place must be the very same object, and nothing is hashed or compared. Where series went, the
 * cache looks ahead. Where one came in between, everything from there on is encoded again.
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import { ByteWriter } from "./byte_writer.ts";

/** Label sets that are kept although they did not come, however few did. */
const UNUSED_MAX = 64;
/** Most owners have a single series. */
const ARENA_SIZE_FIRST = 64;

/** Turns a label set into bytes; the same ones each time. */
export type LabelWriter = (labels: Labels, writer: ByteWriter) => void;

/** Where the bytes of a label set are. */
export interface FoundLabels {
  /** All bytes. */
  readonly bytes: Uint8Array;
  /** The first of the label set. */
  readonly start: number;
  /** Behind the last one. */
  readonly end: number;
}

/** Writes label sets, from memory where it can. */
export class LabelCache {
  readonly #write: LabelWriter;
  readonly #setsByOwner: WeakMap<object, LabelSets> = new WeakMap();
  #sets: LabelSets = new LabelSets();

  /** Nothing remembered yet. */
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

  /** Goes to the next label set of the pass, or to the last one again. */
  find(labels: Labels): void {
    this.#sets.find(labels, this.#write);
  }

  /** The bytes of the label set that was found last. */
  get found(): FoundLabels {
    return this.#sets;
  }
}

/** The label sets of one owner, in the order in which they come. */
class LabelSets implements FoundLabels {
  /** What holds the bytes of all of them. */
  readonly arena: ByteWriter = new ByteWriter(ARENA_SIZE_FIRST);
  /** Where the bytes of the one that was found last begin. */
  start = 0;
  /** Where they end. */
  end = 0;
  readonly #labels: Labels[] = [];
  /** Where the bytes of each end in the arena; they begin where the last one's end. */
  readonly #ends: number[] = [];
  /** Where the next one is looked for. */
  #next = 0;
  /** Of those before it, how many did not come in this pass. */
  #skippedCount = 0;
  /** How many places may still be looked at ahead, so that a pass never takes longer than to encode all of them again. */
  #looksLeft = 0;

  /** See {@linkcode FoundLabels.bytes}. */
  get bytes(): Uint8Array {
    return this.arena.bytes;
  }

  begin(): void {
    this.#next = 0;
    this.#skippedCount = 0;
    this.#looksLeft = this.#labels.length;
  }

  find(labels: Labels, write: LabelWriter): void {
    let at = this.#find(labels);
    if (at === this.#labels.length) at = this.#remember(labels, write);
    this.#next = at + 1;
    this.start = this.#startOf(at);
    this.end = this.#ends[at];
  }

  /** Where a label set is, or shall be. */
  #find(labels: Labels): number {
    const known = this.#labels;
    const next = this.#next;
    if (next < known.length && known[next] === labels) return next;
    if (next > 0 && known[next - 1] === labels) return next - 1;
    for (let at = next + 1; at < known.length && this.#looksLeft > 0; at++) {
      this.#looksLeft -= 1;
      if (known[at] !== labels) continue;
      this.#skippedCount += at - next;
      return at;
    }
    if (next < known.length) this.#truncate(next);
    return next;
  }

  #remember(labels: Labels, write: LabelWriter): number {
    // Most of what is known went: those who go must not leave their bytes behind for ever.
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
