import { assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { ByteWriter } from "../../src/encode/byte_writer.ts";

/** Any UTF-16 units, lone surrogates too. */
const text = fc.array(fc.oneof({ weight: 3, arbitrary: fc.nat(0x7f) }, fc.nat(0xffff))).map((units) =>
  String.fromCharCode(...units)
);

function written(writer: ByteWriter): Uint8Array {
  return writer.bytes.slice(0, writer.length);
}

Deno.test("ByteWriter.text writes UTF-8, a lone surrogate as U+FFFD", () => {
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      const writer = new ByteWriter(1);
      for (const each of texts) writer.text(each);
      const expected = texts.map((each) => each.toWellFormed()).join("");
      assertEquals(written(writer), new TextEncoder().encode(expected));
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("ByteWriter.copy writes any bytes of another writer, at any place, and nothing behind them", () => {
  const source = new ByteWriter();
  for (let i = 0; i < 1_000; i++) source.byte(i * 7);
  fc.assert(
    fc.property(fc.nat(9), fc.nat(1_000), fc.nat(600), fc.constantFrom(1, 2_048), (before, from, count, sizeFirst) => {
      const end = Math.min(from + count, 1_000);
      const writer = new ByteWriter(sizeFirst);
      for (let i = 0; i < before; i++) writer.byte(i);
      writer.copy(source, from, end);
      assertEquals(writer.bytes.subarray(writer.length).some((byte) => byte !== 0), false);
      writer.byte(255);
      const head = Array.from({ length: before }, (_, i) => i);
      assertEquals([...written(writer)], [...head, ...source.bytes.subarray(from, end), 255]);
    }),
    { seed: 2, numRuns: 300 },
  );
});

Deno.test("ByteWriter keeps its bytes while it grows", () => {
  const writer = new ByteWriter(1);
  for (let i = 0; i < 100_000; i++) writer.byte(i % 251);
  assertEquals(writer.length, 100_000);
  assertEquals(written(writer).findIndex((byte, i) => byte !== i % 251), -1);
});

Deno.test("ByteWriter.take returns the bytes, and starts again with a buffer for a sixteenth more", () => {
  const writer = new ByteWriter();
  writer.text("x".repeat(50_000));
  const { buffer } = writer.bytes;
  const first = writer.take();
  assertStrictEquals(first.buffer, buffer);
  assertEquals([first.length, writer.length], [50_000, 0]);
  writer.byte(0x79);
  assertEquals(writer.bytes.length, 50_000 + 3_125);
  const second = writer.take();
  assertEquals(first.findIndex((byte) => byte !== 0x78), -1, "what was handed out stays as it was");
  assertEquals(second.findIndex((byte) => byte !== 0x79), -1);
});

Deno.test("ByteWriter.take of nothing is empty", () => {
  const writer = new ByteWriter();
  assertEquals(writer.take(), new Uint8Array(0));
  writer.byte(1);
  assertEquals(writer.bytes.length, 4_096);
  assertEquals(writer.take(), Uint8Array.of(1));
  assertEquals(writer.take(), new Uint8Array(0));
  writer.byte(2);
  assertEquals(writer.bytes.length, 4_096);
});

Deno.test("ByteWriter.reuse overwrites released bytes, if they are large enough", () => {
  const writer = new ByteWriter();
  writer.text("a".repeat(10_000));
  const taken = writer.take();
  writer.reuse(taken);
  writer.text("b".repeat(9_000));
  assertStrictEquals(writer.take().buffer, taken.buffer);
  // Released only once.
  writer.text("c".repeat(9_000));
  assertNotStrictEquals(writer.bytes.buffer, taken.buffer);
  writer.take();
  writer.reuse(new Uint8Array(8_999));
  writer.append(new Uint8Array(9_000));
  assertNotStrictEquals(writer.bytes.length, 8_999);
  writer.take();
  writer.reuse(new Uint8Array(9_000));
  writer.append(new Uint8Array(9_000));
  assertStrictEquals(writer.bytes.length, 9_000);
});

Deno.test("ByteWriter grows for want of room only: twice the size, a large buffer by a quarter", () => {
  const grown: readonly [size: number, reserved: number, sizeAfter: number][] = [
    [64, 1, 128],
    [64, 64, 128],
    [64, 65, 129],
    [2 ** 20 - 1, 1, 2 ** 21 - 2],
    [2 ** 20, 1, 2 ** 20 + 2 ** 18],
    [9 * 2 ** 20, 1, 9 * 2 ** 20 + 9 * 2 ** 18],
  ];
  for (const [size, reserved, sizeAfter] of grown) {
    const writer = new ByteWriter(size);
    writer.byte(1);
    writer.length = size - 1;
    writer.byte(2);
    assertEquals(writer.bytes.length, size);
    writer.reserve(reserved);
    assertEquals([writer.bytes.length, writer.view.byteLength], [sizeAfter, sizeAfter]);
    assertEquals([writer.length, writer.bytes[0], writer.bytes[size - 1]], [size, 1, 2]);
  }
});

Deno.test("ByteWriter.reuse drops a buffer of more than a mebibyte and more than twice the last contents", () => {
  const isReused = (size: number, lastSize: number) => {
    const writer = new ByteWriter();
    writer.append(new Uint8Array(lastSize));
    writer.take();
    writer.reuse(new Uint8Array(size));
    writer.byte(1);
    return writer.bytes.length === size;
  };
  assertEquals([isReused(2 ** 20, 1), isReused(2 ** 20 + 1, 1)], [true, false]);
  // Contents of a mebibyte leave room for a sixteenth more.
  const twice = 2 * (2 ** 20 + 2 ** 16);
  assertEquals([isReused(twice, 2 ** 20), isReused(twice + 1, 2 ** 20)], [true, false]);
});
