import { assertEquals, assertLessOrEqual, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
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

Deno.test("ByteWriter.copy writes any bytes of another writer, at any place", () => {
  const source = new ByteWriter();
  for (let i = 0; i < 1_000; i++) source.byte(i * 7);
  fc.assert(
    fc.property(fc.nat(9), fc.nat(1_000), fc.nat(600), (before, from, count) => {
      const end = Math.min(from + count, 1_000);
      const writer = new ByteWriter(1);
      for (let i = 0; i < before; i++) writer.byte(i);
      writer.copy(source, from, end);
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

Deno.test("ByteWriter.take returns the bytes, and starts again with a buffer of about that size", () => {
  const writer = new ByteWriter();
  writer.text("x".repeat(50_000));
  const { buffer } = writer.bytes;
  const first = writer.take();
  assertStrictEquals(first.buffer, buffer);
  assertEquals([first.length, writer.length], [50_000, 0]);
  writer.text("y".repeat(50_000));
  assertLessOrEqual(writer.bytes.length, 150_000 + 1);
  const second = writer.take();
  assertEquals(first.findIndex((byte) => byte !== 0x78), -1, "what was handed out stays as it was");
  assertEquals(second.findIndex((byte) => byte !== 0x79), -1);
});

Deno.test("ByteWriter.take of nothing is empty", () => {
  const writer = new ByteWriter();
  assertEquals(writer.take(), new Uint8Array(0));
  writer.byte(1);
  assertEquals(writer.take(), Uint8Array.of(1));
  assertEquals(writer.take(), new Uint8Array(0));
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
  writer.reuse(new Uint8Array(8));
  writer.text("d".repeat(9_000));
  assertEquals(new TextDecoder().decode(writer.take()), "d".repeat(9_000));
});

Deno.test("ByteWriter grows a large buffer by a quarter instead of doubling it", () => {
  const writer = new ByteWriter();
  const size = 9 * 2 ** 20;
  const part = new Uint8Array(65_536);
  while (writer.length < size) writer.append(part);
  assertLessOrEqual(writer.bytes.length, 1.25 * size + part.length);
});

Deno.test("ByteWriter drops a buffer that is much larger than its last contents", () => {
  const writer = new ByteWriter();
  writer.append(new Uint8Array(8 * 2 ** 20));
  const large = writer.take();
  writer.byte(1);
  writer.take();
  writer.reuse(large);
  writer.byte(1);
  assertLessOrEqual(writer.bytes.length, 2 ** 20);
});
