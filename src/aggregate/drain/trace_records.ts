/**
 * The traced records of a batch, copied out of the ring as they are. Made when the first one comes; most programs have
 * none.
 *
 * @module
 */

import { APART, RECORD_BYTES, TRACED } from "../../ring/layout.ts";

const RECORD_DOUBLES: number = RECORD_BYTES / Float64Array.BYTES_PER_ELEMENT;
const RECORD_WORDS: number = RECORD_BYTES / Uint32Array.BYTES_PER_ELEMENT;
/** The word of a record that holds its place. */
export const POSITION: number = RECORD_WORDS - 1;

/** A bounded number of records, side by side as in the ring. */
export class TraceRecords {
  /** Two to a record and two that belong to the words, see the ring's layout. */
  readonly doubles: Float64Array;
  /** Eight to a record, see the ring's layout; the last is the record's place in the ring. */
  readonly words: Uint32Array;
  /** How many there are. */
  count = 0;

  /** Room for `capacity` records. */
  constructor(capacity: number) {
    this.doubles = new Float64Array(capacity * RECORD_DOUBLES);
    this.words = new Uint32Array(this.doubles.buffer);
  }

  /**
   * Copies a record if it is traced. As words, because an id may have the bits of a NaN.
   *
   * @param words The ring's slots, eight words each
   * @param slot Which of them
   * @param position Its place in the ring, counted from the first record
   * @returns Whether it is no value of its series, or has none
   */
  take(words: Uint32Array, slot: number, position: number): boolean {
    const from = slot * RECORD_WORDS;
    const kind = words[from + 5];
    if ((kind & (TRACED | APART)) === 0) return false;
    const to = this.count++ * RECORD_WORDS;
    for (let i = 0; i < POSITION; i++) this.words[to + i] = words[from + i];
    this.words[to + POSITION] = position;
    return (kind & APART) !== 0;
  }

  /** Forgets all. */
  clear(): void {
    this.count = 0;
  }
}
