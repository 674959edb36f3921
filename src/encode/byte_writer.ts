/**
 * Bytes that grow at their end.
 *
 * @module
 */

const CAPACITY_FIRST = 16 * 1_024;
/** A UTF-16 code unit takes at most three bytes of UTF-8. */
const BYTES_PER_UNIT = 3;

const utf8 = new TextEncoder();

/** Bytes that grow at their end. */
export class ByteWriter {
  /** What is written, and room behind it; another one whenever there is too little. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes are written. */
  length: number = 0;

  /** Nothing yet. */
  constructor(capacity: number = CAPACITY_FIRST) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for so many bytes more. */
  reserve(count: number): void {
    const least = this.length + count;
    if (least <= this.bytes.length) return;
    const capacity = Math.max(least, this.bytes.length * 2);
    this.bytes = new Uint8Array(this.bytes.buffer.transfer(capacity));
  }

  /** Writes a byte. */
  writeByte(byte: number): void {
    this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /** Writes part of other bytes. */
  writeBytes(source: Uint8Array, from: number = 0, end: number = source.length): void {
    this.reserve(end - from);
    const { bytes } = this;
    let at = this.length;
    // Samples are short: a view of the source would cost more than the loop.
    for (let i = from; i < end; i++) bytes[at++] = source[i];
    this.length = at;
  }

  /** Writes text as UTF-8; halves of characters become U+FFFD. */
  writeText(text: string): void {
    const { length } = text;
    this.reserve(length * BYTES_PER_UNIT);
    const { bytes } = this;
    const at = this.length;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.length += utf8.encodeInto(text, bytes.subarray(at)).written;
        return;
      }
      bytes[at + i] = unit;
    }
    this.length = at + length;
  }

  /** Forgets what was written from a place on. */
  cut(length: number): void {
    this.length = length;
  }

  /** Gives what was written, and starts anew with as much room as that took. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = new Uint8Array(this.length + CAPACITY_FIRST);
    this.length = 0;
    return taken;
  }
}
