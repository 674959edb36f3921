/**
 * Bytes that are written one behind the other, into one buffer that grows.
 *
 * The buffer is open to those who write many bytes at once: they reserve room, take the array into a local, write, and
 * say how far they came. A method call a byte would cost them more than the bytes.
 *
 * @module
 */

const SIZE_FIRST = 4_096;
/** Up to here a buffer doubles; from here on it grows by a quarter, because all of it is resident, filled or not. */
const DOUBLED_BYTES_MAX = 2 ** 20;
/** Up to here a loop is faster than a native copy, which needs a view of its own. */
const LOOP_BYTES_MAX = 256;
const ASCII_MAX = 0x7f;
/** UTF-8 takes at most this many bytes for a UTF-16 unit. */
const UTF8_BYTES_MAX = 3;

const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);
const utf8 = new TextEncoder();

/** A growing array of bytes. */
export class ByteWriter {
  /** The buffer; another one after {@linkcode ByteWriter.reserve} and {@linkcode ByteWriter.take}. */
  bytes: Uint8Array<ArrayBuffer> = NO_BYTES;
  /** The same memory, for numbers wider than a byte. */
  view: DataView<ArrayBuffer> = NO_VIEW;
  /** Bytes written. */
  length: number = 0;
  #sizeNext: number;
  /** What may be written over. */
  #spare: ArrayBuffer | undefined;

  /**
   * Nothing written yet.
   *
   * @param sizeFirst Bytes of the first buffer
   */
  constructor(sizeFirst: number = SIZE_FIRST) {
    this.#sizeNext = sizeFirst;
  }

  /** Makes room for so many more bytes. */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.#grow(this.length + count);
  }

  /** Writes a byte. */
  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  /** Writes a text in UTF-8; a lone surrogate becomes U+FFFD. */
  text(text: string): void {
    this.reserve(text.length * UTF8_BYTES_MAX);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > ASCII_MAX) {
        at += utf8.encodeInto(text.slice(i), bytes.subarray(at)).written;
        break;
      }
      bytes[at++] = unit;
    }
    this.length = at;
  }

  /** Writes a few bytes. */
  append(source: Uint8Array): void {
    this.reserve(source.length);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < source.length; i++) bytes[at++] = source[i];
    this.length = at;
  }

  /**
   * Writes what another writer has written.
   *
   * @param source The other writer
   * @param from The first byte
   * @param end Behind the last
   */
  copy(source: ByteWriter, from: number, end: number): void {
    const count = end - from;
    this.reserve(count);
    const at = this.length;
    this.length = at + count;
    if (count > LOOP_BYTES_MAX) {
      this.bytes.set(source.bytes.subarray(from, end), at);
      return;
    }
    const { bytes, view } = this;
    const { bytes: sourceBytes, view: sourceView } = source;
    const wordsEnd = count - 3;
    let i = 0;
    for (; i < wordsEnd; i += 4) view.setUint32(at + i, sourceView.getUint32(from + i));
    for (; i < count; i++) bytes[at + i] = sourceBytes[from + i];
  }

  /** Hands out what was written, and begins again, with a buffer of about that size. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.subarray(0, this.length);
    this.#sizeNext = Math.max(SIZE_FIRST, this.length + (this.length >> 4));
    this.#use(NO_BYTES.buffer);
    this.length = 0;
    return taken;
  }

  /** Takes back what was handed out: nobody reads it any more, so the next may be written over it. */
  reuse(taken: Uint8Array<ArrayBuffer>): void {
    this.#spare = taken.buffer;
  }

  #grow(size: number): void {
    const { buffer } = this.bytes;
    if (buffer.byteLength === 0) this.#use(this.#takeSpare(size) ?? new ArrayBuffer(Math.max(this.#sizeNext, size)));
    else this.#use(buffer.transfer(Math.max(grownSize(buffer.byteLength), size)));
  }

  #takeSpare(size: number): ArrayBuffer | undefined {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare === undefined || spare.byteLength < size) return undefined;
    // One that was much larger once is not kept for ever.
    return spare.byteLength > Math.max(DOUBLED_BYTES_MAX, 2 * this.#sizeNext) ? undefined : spare;
  }

  #use(buffer: ArrayBuffer): void {
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
  }
}

function grownSize(size: number): number {
  return size < DOUBLED_BYTES_MAX ? size * 2 : size + (size >> 2);
}
