/**
 * Rings for tests: with cursors anywhere, and read back as plain objects.
 *
 * @module
 */

import type { Consumer } from "../../../src/ring/consumer.ts";
import { createRing, HEAD, ringViews, TAIL } from "../../../src/ring/layout.ts";

/** A ring whose cursors are at a position, as after that many records. */
export function ringAt(capacity: number, cursor: number): ArrayBufferLike {
  const buffer = createRing(capacity, false);
  const { cursors } = ringViews(buffer);
  cursors[HEAD] = cursor;
  cursors[TAIL] = cursor;
  return buffer;
}

/** A record as it lies in a slot. */
export interface Read {
  readonly value: number;
  readonly timeMs: number;
  readonly series: number;
  readonly kind: number;
  readonly weight: number;
}

/** Takes at most `max` records. */
export function take(consumer: Consumer, max: number): Read[] {
  const count = Math.min(max, consumer.available());
  const records = Array.from({ length: count }, (_, i) => {
    const slot = (consumer.tail + i) & consumer.mask;
    const kindAndWeight = consumer.words[slot * 8 + 5];
    return {
      value: consumer.doubles[slot * 4],
      timeMs: consumer.doubles[slot * 4 + 1],
      series: consumer.words[slot * 8 + 4],
      kind: kindAndWeight & 0xff,
      weight: kindAndWeight >>> 8,
    };
  });
  consumer.commit(count);
  return records;
}
