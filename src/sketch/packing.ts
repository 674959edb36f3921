/**
 * Counts of neighbouring buckets in as few bits as their noise takes. Each count is foretold from
 * those before it, and the difference is written in an adaptive Golomb–Rice code: the upper part as
 * so many ones and a zero, the lower bits as they are; how many bits are lower follows the size of
 * the differences so far. An empty bucket takes a bit, and those of a smooth distribution about half
 * the bits of their count.
 *
 * Both loops keep all of their state in locals: in objects it would take them several times as long.
 *
 * Source: R. F. Rice, "Some practical universal noiseless coding techniques", 1979; the adaptation as
 * in JPEG-LS (ITU-T T.87).
 *
 * @module
 */

/** Counts from here on cannot be packed. */
export const PACKABLE_END = 2 ** 23;

/** So many ones say that the whole difference follows in {@linkcode RAW_BITS} bits. */
const ONES_MAX = 16;
const RAW_BITS = 24;
/** A difference takes at most this. */
const BYTES_MAX = (ONES_MAX + RAW_BITS) / 8;
/** Read before it is known that they are not needed: an access behind an array's end would slow down all others. */
const BYTES_BEHIND = ONES_MAX / 8;
/** The mean size of the differences is that of the last eight or so: 2³. */
const MEMORY_SHIFT = 3;

/** Where packed bytes are written before their number is known. */
let scratch = new Uint8Array(4_096);

/**
 * Packs counts behind a head.
 *
 * @param counts Whole numbers from 0 up to, not with, {@linkcode PACKABLE_END}
 * @param head Bytes that stay free for the caller
 * @returns As many bytes as it takes, and a few that {@linkcode unpack} looks at in vain
 */
export function pack(counts: Float64Array, head: number): Uint8Array<ArrayBuffer> {
  const most = head + (counts.length + 1) * BYTES_MAX + BYTES_BEHIND;
  if (scratch.length < most) scratch = new Uint8Array(most);
  const bytes = scratch;
  let at = head;
  let pending = 0;
  let pendingCount = 0;
  let expected = 0;
  let size = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] | 0;
    const difference = count - expected;
    // The sign becomes the lowest bit: 0, −1, 1, −2, …
    const folded = (difference << 1) ^ (difference >> 31);
    let lowBits = 31 - Math.clz32((size >> MEMORY_SHIFT) | 1);
    expected = (expected + count) >> 1;
    size += folded - (size >> MEMORY_SHIFT);
    const ones = folded >>> lowBits;
    if (ones < ONES_MAX) {
      pending = (pending << (ones + 1)) | ((1 << (ones + 1)) - 2);
      pendingCount += ones + 1;
    } else {
      pending = (pending << ONES_MAX) | ((1 << ONES_MAX) - 1);
      pendingCount += ONES_MAX;
      lowBits = RAW_BITS;
    }
    for (; pendingCount >= 8; pendingCount -= 8) bytes[at++] = pending >>> (pendingCount - 8);
    // At most 7 bits are left, so that 24 more fit; what was written is shifted out or stays above.
    pending = (pending << lowBits) | (folded & ((1 << lowBits) - 1));
    pendingCount += lowBits;
    for (; pendingCount >= 8; pendingCount -= 8) bytes[at++] = pending >>> (pendingCount - 8);
  }
  if (pendingCount > 0) bytes[at++] = pending << (8 - pendingCount);
  return bytes.slice(0, at + BYTES_BEHIND);
}

/**
 * The counts that were packed behind a head.
 *
 * @param bytes What {@linkcode pack} gave
 * @param head Bytes to pass over
 * @param length How many counts there were
 */
export function unpack(bytes: Uint8Array, head: number, length: number): Float64Array {
  const counts = new Float64Array(length);
  let at = head;
  let pending = 0;
  let pendingCount = 0;
  let expected = 0;
  let size = 0;
  for (let i = 0; i < length; i++) {
    let lowBits = 31 - Math.clz32((size >> MEMORY_SHIFT) | 1);
    for (; pendingCount < ONES_MAX; pendingCount += 8) pending = (pending << 8) | bytes[at++];
    let ones = Math.clz32(~(pending << (32 - pendingCount)));
    if (ones < ONES_MAX) pendingCount -= ones + 1;
    else {
      ones = 0;
      pendingCount -= ONES_MAX;
      lowBits = RAW_BITS;
    }
    for (; pendingCount < lowBits; pendingCount += 8) pending = (pending << 8) | bytes[at++];
    pendingCount -= lowBits;
    const folded = (ones << lowBits) | ((pending >>> pendingCount) & ((1 << lowBits) - 1));
    const count = expected + ((folded >>> 1) ^ -(folded & 1));
    counts[i] = count;
    expected = (expected + count) >> 1;
    size += folded - (size >> MEMORY_SHIFT);
  }
  return counts;
}
