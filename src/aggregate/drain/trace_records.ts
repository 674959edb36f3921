/**
 * Traced records of a batch, copied from the ring unchanged. Created with the first traced record, because most
 * programs have none.
 *
 * @module
 */

import { APART, RECORD_BYTES, TRACED } from "../../ring/layout.ts";

const RECORD_DOUBLES: number = RECORD_BYTES / Float64Array.BYTES_PER_ELEMENT;
const RECORD_WORDS: number = RECORD_BYTES / Uint32Array.BYTES_PER_ELEMENT;
/** Word of a record that holds its position in the ring. */
export const POSITION: number = RECORD_WORDS - 1;

/** Bounded list of records, laid out as in the ring. */
export class TraceRecords {
  /** Four doubles for each record, of which the first two are valid, see the ring's layout. */
  readonly doubles: Float64Array;
  /** Eight words for each record, see the ring's layout; the last is the record's position in the ring. */
  readonly words: Uint32Array;
  /** Number of records. */
  count = 0;

  /** Creates room for `capacity` records. */
  constructor(capacity: number) {
    this.doubles = new Float64Array(capacity * RECORD_DOUBLES);
    this.words = new Uint32Array(this.doubles.buffer);
  }

  /**
   * Copies a record if it is traced. Copies words, because an id may have the bits of a NaN.
   *
   * @param words The ring's slots, eight words each
   * @param slot Index of the record's slot
   * @param position Position in the ring, counted from the first record
   * @returns Whether the record is not a value of its series, or has no series
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

  /** Removes all records. */
  clear(): void {
    this.count = 0;
  }
}
