/**
 * The bytes of label sets, encoded once for all scrapes. Each owner has its label sets in one order, the same at each
 * scrape, so they are found again by their place: an entry holds if its label set is the very same object. Series that
 * have gone are passed over; new ones come at the end.
 *
 * @module
 */

import type { Labels } from "../model.ts";
import { ByteWriter } from "./byte_writer.ts";

/** Encodes a label set. */
export type WriteLabels = (labels: Labels, writer: ByteWriter) => void;

/** The label sets of one owner. */
interface Entries {
  readonly labels: Labels[];
  /** Where the bytes of each end, in {@linkcode Entries.writer}. */
  readonly ends: number[];
  readonly writer: ByteWriter;
}

/** Entries that may be out of use, however few are in use. */
const UNUSED_MAX = 64;

/** Encoded label sets of all owners. */
export class LabelCache {
  readonly #write: WriteLabels;
  readonly #entriesByOwner: WeakMap<object, Entries> = new WeakMap();
  #entries: Entries = createEntries();
  #at = -1;
  /** How many label sets were found since {@linkcode LabelCache.begin}. */
  #found = 0;
  /** Where the bytes of the label set are that was found last. */
  from: number = 0;
  /** Behind the last of them. */
  end: number = 0;

  /** Without label sets. */
  constructor(write: WriteLabels) {
    this.#write = write;
  }

  /** The bytes that {@linkcode LabelCache.from} and {@linkcode LabelCache.end} are places in. */
  get bytes(): Uint8Array {
    return this.#entries.writer.bytes;
  }

  /** Goes to the first label set of an owner. */
  begin(owner: object): void {
    let entries = this.#entriesByOwner.get(owner);
    if (entries === undefined) this.#entriesByOwner.set(owner, entries = createEntries());
    this.#entries = entries;
    this.#at = -1;
    this.#found = 0;
  }

  /** Finds the label set that comes next, or the last one again. */
  find(labels: Labels): void {
    const { labels: known, ends } = this.#entries;
    if (this.#at >= 0 && known[this.#at] === labels) return;
    let at = this.#at + 1;
    while (at < known.length && known[at] !== labels) at += 1;
    if (at === known.length) at = this.#add(labels);
    this.#at = at;
    this.#found += 1;
    this.from = at === 0 ? 0 : ends[at - 1];
    this.end = ends[at];
  }

  #add(labels: Labels): number {
    const { labels: known, ends, writer } = this.#entries;
    if (known.length > 2 * this.#found + UNUSED_MAX) {
      known.length = 0;
      ends.length = 0;
      writer.length = 0;
    }
    this.#write(labels, writer);
    ends.push(writer.length);
    return known.push(labels) - 1;
  }
}

function createEntries(): Entries {
  return { labels: [], ends: [], writer: new ByteWriter(256) };
}
