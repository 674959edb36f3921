/**
 * The past of a distribution: what its buckets have gained. A second for a minute, then merged into wider and wider
 * columns, so that an hour takes as much memory as there are columns, whatever the rate. Only buckets that have gained
 * anything are kept, and those of the widest columns with less resolution.
 *
 * @module
 */

import { coarsened, type Counts, merge, NO_COUNTS } from "./bucket_keys.ts";
import { pack, unpack } from "./packed_counts.ts";
import { RANGES } from "./ranges.ts";

/** Columns of one width. Only the latest is as it will be asked for; what is over is packed. */
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
      // Its place, which the oldest one gives up.
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

/** Keeps what was gained, by columns of each width that there is. */
export class BucketHistory {
  /** By slots a column. */
  readonly #tiers: Map<number, Tier> = new Map();

  /** Begins empty. */
  constructor(slotMs: number) {
    for (const { columnMs, lengthMs } of RANGES) {
      const slots = slotsPerColumn(columnMs, slotMs);
      // One more than is drawn, for the windows that the oldest points look back over.
      const capacity = Math.ceil(lengthMs / (slots * slotMs)) + Math.ceil(QUANTILE_WINDOW_MS / (slots * slotMs));
      this.#tiers.set(slots, new Tier(capacity, keysPerBucketOf(slots, slotMs)));
    }
  }

  /** Takes what was gained in a slot. */
  add(slot: number, gained: Counts): void {
    for (const [slots, tier] of this.#tiers) tier.add(Math.floor(slot / slots), gained);
  }

  /** What was gained in a column that is so many slots wide. */
  at(column: number, slots: number): Counts {
    return this.#tiers.get(slots)?.at(column) ?? NO_COUNTS;
  }
}

/** What quantiles are taken over at least, so that lines of what happens seldom are more than dots. */
export const QUANTILE_WINDOW_MS = 5_000;

/** How many buckets count as one in columns so wide: as many as the finest of the ranges that have such columns asks for. */
export function keysPerBucketOf(slots: number, slotMs: number): number {
  const asked = RANGES.filter(({ columnMs }) => slotsPerColumn(columnMs, slotMs) === slots);
  return Math.min(...asked.map(({ keysPerBucket }) => keysPerBucket));
}

/** How many slots a column has. */
export function slotsPerColumn(columnMs: number, slotMs: number): number {
  return Math.max(1, Math.round(columnMs / slotMs));
}
