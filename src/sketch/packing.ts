/**
 * Compact counts of neighbouring buckets. Each count is predicted from the previous ones, and the difference is written
 * in an adaptive Golomb–Rice code: the upper part in unary, ended by a zero, then the lower bits, whose number follows
 * the size of the differences so far. An empty bucket takes one bit, a bucket of a smooth distribution about half the
 * bits of its count.
 *
 * Both loops keep all their state in locals: state in objects would make them several times as slow.
 *
 * Source: R. F. Rice, "Some practical universal noiseless coding techniques", 1979; the adaptation follows JPEG-LS
 * (ITU-T T.87).
 *
 * @module
 */

/** Smallest count that cannot be packed. */
export const PACKABLE_END = 2 ** 23;

/** Number of ones after which the difference itself follows in {@linkcode RAW_BITS} bits. */
const ONES_MAX = 16;
const RAW_BITS = 24;
/** Longest code of a difference. */
const BYTES_MAX = (ONES_MAX + RAW_BITS) / 8;
/** Padding that is read but not used: an access beyond an array's end would slow down all others. */
const BYTES_BEHIND = ONES_MAX / 8;
/** Logarithm of the number of differences, about 2³, over which their mean size is taken. */
const MEMORY_SHIFT = 3;

/** Buffer of packed bytes until their number is known. */
let scratch = new Uint8Array(4_096);

/**
 * Packs counts, with room for a head before them.
 *
 * @param counts Whole numbers, at least 0 and below {@linkcode PACKABLE_END}
 * @param head Bytes that the caller fills in
 * @returns Head, packed counts, and padding for {@linkcode unpack}
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
    // At most 7 bits are pending, so 24 more fit; bits already written are shifted out or stay above.
    pending = (pending << lowBits) | (folded & ((1 << lowBits) - 1));
    pendingCount += lowBits;
    for (; pendingCount >= 8; pendingCount -= 8) bytes[at++] = pending >>> (pendingCount - 8);
  }
  if (pendingCount > 0) bytes[at++] = pending << (8 - pendingCount);
  return bytes.slice(0, at + BYTES_BEHIND);
}

/**
 * Unpacks counts after a head.
 *
 * @param bytes Result of {@linkcode pack}
 * @param head Bytes to skip
 * @param length Number of counts
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
