/**
 * Wire format of protocol buffers. A field is a tag, composed of its number and wire type, followed by its value. A
 * message is preceded by its length, known only at its end: one byte is reserved for it, and the message is moved if
 * that is not enough.
 *
 * Source: Protocol Buffers documentation, "Encoding".
 *
 * @module
 */

import type { ByteWriter } from "./byte_writer.ts";

/** Wire types of fields. */
export const WireType = { varint: 0, double: 1, bytes: 2 } as const;

/** Maximum bytes of a 64-bit varint. */
const VARINT_BYTES_MAX = 10;
const DOUBLE_BYTES = 8;
/** First number that needs more than the 7 bits of one byte. */
const VARINT_BYTE_END = 0x80;
/** First number on which bit operations do not work as on integers. */
const INT32_END = 2 ** 31;
const UINT32_END = 2 ** 32;

/** Returns the tag of a field. */
export function fieldTag(field: number, type: typeof WireType[keyof typeof WireType]): number {
  return (field << 3) | type;
}

/** Writes a whole number from −2⁵³ to 2⁵³ as an int64 or uint64. */
export function writeVarint(writer: ByteWriter, value: number): void {
  // The upper word is rounded down, so that negative numbers become two's complement.
  if (value >= 0 && value < INT32_END) writeSmall(writer, value);
  else writeWords(writer, value >>> 0, Math.floor(value / UINT32_END));
}

/** Writes a whole number from −2⁵³ to 2⁵³ as a sint32 or sint64: with its sign in the lowest bit. */
export function writeSigned(writer: ByteWriter, value: number): void {
  if (value >= -INT32_END / 2 && value < INT32_END / 2) writeSmall(writer, (value << 1) ^ (value >> 31));
  else {
    // Twice the value may exceed the exact range of a double, so each word is doubled separately.
    const magnitude = value < 0 ? -1 - value : value;
    const sign = value < 0 ? 1 : 0;
    writeWords(writer, ((magnitude << 1) | sign) >>> 0, Math.floor(magnitude / INT32_END));
  }
}

/** Writes many whole numbers from −2⁵³ to 2⁵³, as {@linkcode writeSigned} does. */
export function writeSignedRun(writer: ByteWriter, values: Float64Array, count: number): void {
  let i = 0;
  // Differences of neighbouring buckets usually fit in a byte each.
  while (i < count) {
    writer.reserve(count - i);
    const { bytes } = writer;
    let at = writer.length;
    for (; i < count; i++) {
      const value = values[i];
      if (value < -VARINT_BYTE_END / 2 || value >= VARINT_BYTE_END / 2) break;
      bytes[at++] = (value << 1) ^ (value >> 31);
    }
    writer.length = at;
    if (i < count) writeSigned(writer, values[i++]);
  }
}

/** Writes a varint field. */
export function writeVarintField(writer: ByteWriter, tag: number, value: number): void {
  writeSmall(writer, tag);
  writeVarint(writer, value);
}

/** Writes a varint field whose sign is in the lowest bit. */
export function writeSignedField(writer: ByteWriter, tag: number, value: number): void {
  writeSmall(writer, tag);
  writeSigned(writer, value);
}

/** Writes a double field. */
export function writeDoubleField(writer: ByteWriter, tag: number, value: number): void {
  writeSmall(writer, tag);
  writer.reserve(DOUBLE_BYTES);
  writer.view.setFloat64(writer.length, value, true);
  writer.length += DOUBLE_BYTES;
}

/** Writes a text field. */
export function writeTextField(writer: ByteWriter, tag: number, text: string): void {
  const at = beginMessage(writer, tag);
  writer.text(text);
  endMessage(writer, at);
}

/**
 * Begins a message field.
 *
 * @returns Position for {@linkcode endMessage}
 */
export function beginMessage(writer: ByteWriter, tag: number): number {
  writeSmall(writer, tag);
  return beginDelimited(writer);
}

/**
 * Begins a message that is not a field.
 *
 * @returns Position for {@linkcode endMessage}
 */
export function beginDelimited(writer: ByteWriter): number {
  writer.byte(0);
  return writer.length;
}

/**
 * Ends a message.
 *
 * @param start Position returned at its beginning
 */
export function endMessage(writer: ByteWriter, start: number): void {
  const { length } = writer;
  const size = length - start;
  if (size < VARINT_BYTE_END) {
    writer.bytes[start - 1] = size;
    return;
  }
  const shift = varintLength(size) - 1;
  writer.reserve(shift);
  writer.bytes.copyWithin(start + shift, start, length);
  writer.length = start - 1;
  writeSmall(writer, size);
  writer.length = length + shift;
}

function varintLength(value: number): number {
  return Math.ceil((32 - Math.clz32(value)) / 7);
}

/** Writes a whole number from 0 up to but excluding 2³¹. */
function writeSmall(writer: ByteWriter, value: number): void {
  writer.reserve(VARINT_BYTES_MAX);
  const { bytes } = writer;
  let at = writer.length;
  let rest = value;
  for (; rest >= VARINT_BYTE_END; rest >>>= 7) bytes[at++] = rest | VARINT_BYTE_END;
  bytes[at++] = rest;
  writer.length = at;
}

/** Writes 64 bits. */
function writeWords(writer: ByteWriter, low: number, high: number): void {
  writer.reserve(VARINT_BYTES_MAX);
  const { bytes } = writer;
  let at = writer.length;
  while (high !== 0 || low >= VARINT_BYTE_END) {
    bytes[at++] = low | VARINT_BYTE_END;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  bytes[at++] = low;
  writer.length = at;
}
