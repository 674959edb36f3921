/**
 * Sequence of bytes in one growing buffer.
 *
 * The buffer is accessible to callers that write many bytes at once: they reserve room, take the array into a local,
 * write, and set the length. A method call per byte would cost more than the bytes.
 *
 * @module
 */

const SIZE_FIRST = 4_096;
/** Size up to which a buffer doubles; larger ones grow by a quarter, because all of a buffer is resident. */
const DOUBLED_BYTES_MAX = 2 ** 20;
/** Size up to which a loop is faster than a native copy, which needs a view. */
const LOOP_BYTES_MAX = 256;
const ASCII_MAX = 0x7f;
/** Maximum bytes of a UTF-16 unit in UTF-8. */
const UTF8_BYTES_MAX = 3;

const NO_BYTES = new Uint8Array(0);
const NO_VIEW = new DataView(NO_BYTES.buffer);
const utf8 = new TextEncoder();

/** Growing array of bytes. */
export class ByteWriter {
  /** Buffer; replaced by {@linkcode ByteWriter.reserve} and {@linkcode ByteWriter.take}. */
  bytes: Uint8Array<ArrayBuffer> = NO_BYTES;
  /** View of the same memory, for numbers wider than a byte. */
  view: DataView<ArrayBuffer> = NO_VIEW;
  /** Number of bytes written. */
  length: number = 0;
  #sizeNext: number;
  /** Buffer to overwrite next. */
  #spare: ArrayBuffer | undefined;

  /**
   * Creates an empty writer.
   *
   * @param sizeFirst Size of the first buffer in bytes
   */
  constructor(sizeFirst: number = SIZE_FIRST) {
    this.#sizeNext = sizeFirst;
  }

  /** Makes room for `count` more bytes. */
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

  /** Writes a short run of bytes. */
  append(source: Uint8Array): void {
    this.reserve(source.length);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < source.length; i++) bytes[at++] = source[i];
    this.length = at;
  }

  /**
   * Writes a range of another writer's bytes.
   *
   * @param source Other writer
   * @param from Index of the first byte
   * @param end Index after the last byte
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

  /** Returns the written bytes and starts again, with a buffer of about the same size. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.subarray(0, this.length);
    this.#sizeNext = Math.max(SIZE_FIRST, this.length + (this.length >> 4));
    this.#use(NO_BYTES.buffer);
    this.length = 0;
    return taken;
  }

  /** Accepts bytes of {@linkcode ByteWriter.take} that are no longer read, to overwrite them. */
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
    // An outlier in size is not kept.
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
