/**
 * History of a distribution: the gains of its buckets, in columns of one second for the last minute and in wider ones
 * for longer ranges, so that memory depends on the number of columns and not on the rate. Empty buckets take no memory,
 * and the widest columns have a lower resolution.
 *
 * @module
 */

import { coarsened, type Counts, merge, NO_COUNTS } from "./bucket_keys.ts";
import { pack, unpack } from "./packed_counts.ts";
import { RANGES } from "./ranges.ts";

/** Columns of one width. All except the latest, which still changes, are packed. */
class Tier {
  readonly #packed: string[];
  readonly #columns: Float64Array;
  readonly #keysPerBucket: number;
  #latest = -1;
  #counts: Counts = NO_COUNTS;

  constructor(capacity: number, keysPerBucket: number) {
    this.#keysPerBucket = keysPerBucket;
    this.#packed = new Array(capacity).fill("");
    this.#columns = new Float64Array(capacity).fill(-1);
  }

  add(column: number, fine: Counts): void {
    const gained = coarsened(fine, this.#keysPerBucket);
    if (column === this.#latest) {
      this.#counts = merge(this.#counts, gained);
    } else if (column < this.#latest) {
      this.#write(column, merge(this.at(column), gained));
    } else {
      if (this.#latest >= 0) this.#write(this.#latest, this.#counts);
      this.#latest = column;
      this.#counts = gained;
      // Evicts the oldest column, whose place it takes.
      this.#write(column, NO_COUNTS);
    }
  }

  at(column: number): Counts {
    if (column === this.#latest) return this.#counts;
    const at = column % this.#packed.length;
    return this.#columns[at] === column ? unpack(this.#packed[at]) : NO_COUNTS;
  }

  #write(column: number, counts: Counts): void {
    const at = column % this.#packed.length;
    this.#packed[at] = pack(counts);
    this.#columns[at] = column;
  }
}

/** History of gains in columns of every width that a range has. */
export class BucketHistory {
  /** Tiers by the number of slots in a column. */
  readonly #tiers: Map<number, Tier> = new Map();

  /** Creates an empty history. */
  constructor(slotMs: number) {
    for (const { columnMs, lengthMs } of RANGES) {
      const slots = slotsPerColumn(columnMs, slotMs);
      // More than is drawn, for the windows of the oldest points.
      const capacity = Math.ceil(lengthMs / (slots * slotMs)) + Math.ceil(QUANTILE_WINDOW_MS / (slots * slotMs));
      this.#tiers.set(slots, new Tier(capacity, keysPerBucketOf(slots, slotMs)));
    }
  }

  /** Adds the gains of a slot. */
  add(slot: number, gained: Counts): void {
    for (const [slots, tier] of this.#tiers) tier.add(Math.floor(slot / slots), gained);
  }

  /** Returns the gains in a column of the given number of slots. */
  at(column: number, slots: number): Counts {
    return this.#tiers.get(slots)?.at(column) ?? NO_COUNTS;
  }
}

/** Minimum window of drawn quantiles, so that those of rare events are lines, not dots. */
export const QUANTILE_WINDOW_MS = 5_000;

/** Returns the keys per bucket in columns of the given number of slots: those of the finest range with such columns. */
export function keysPerBucketOf(slots: number, slotMs: number): number {
  const asked = RANGES.filter(({ columnMs }) => slotsPerColumn(columnMs, slotMs) === slots);
  return Math.min(...asked.map(({ keysPerBucket }) => keysPerBucket));
}

/** Returns the number of slots in a column. */
export function slotsPerColumn(columnMs: number, slotMs: number): number {
  return Math.max(1, Math.round(columnMs / slotMs));
}
