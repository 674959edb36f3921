import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ByteWriter } from "../../src/encode/byte_writer.ts";
import {
  beginDelimited,
  beginMessage,
  endMessage,
  fieldTag,
  WireType,
  writeDoubleField,
  writeSigned,
  writeSignedRun,
  writeVarint,
} from "../../src/encode/wire.ts";

const LIMIT = 2 ** 53;
const edges = [0, 1, 63, 64, 127, 128, 2 ** 14, 2 ** 30, 2 ** 31, 2 ** 32, 2 ** 33, 2 ** 52, LIMIT]
  .flatMap((edge) => [edge - 1, edge, edge + 1])
  .filter((edge) => Math.abs(edge) <= LIMIT);
const whole = fc.oneof(
  fc.constantFrom(...edges, ...edges.map((edge) => -edge)),
  fc.integer({ min: -300, max: 300 }),
  fc.maxSafeInteger(),
);

/** The 7-bit groups of 64 bits. */
function varintOf(bits: bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, bits);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

function zigzagOf(value: number): bigint {
  return (BigInt(value) << 1n) ^ (BigInt(value) >> 63n);
}

function written(write: (writer: ByteWriter) => void): number[] {
  const writer = new ByteWriter(1);
  write(writer);
  return [...writer.take()];
}

Deno.test("fieldTag puts the number of a field above the three bits of its wire type", () => {
  const { varint, double, bytes } = WireType;
  assertEquals([fieldTag(1, varint), fieldTag(1, double), fieldTag(2, bytes)], [0x08, 0x09, 0x12]);
  assertEquals([fieldTag(15, bytes), fieldTag(16, bytes)], [0x7a, 0x82]);
});

Deno.test("writeVarint writes whole numbers as 64 bits, up to 2^53 both ways", () => {
  fc.assert(
    fc.property(whole, (value) => {
      assertEquals(written((writer) => writeVarint(writer, value)), varintOf(BigInt(value)));
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

Deno.test("writeDoubleField writes the tag and eight bytes, the lowest first, into a full buffer too", () => {
  const bytes = [0, 0, 0, 0, 0, 0, 0xf8, 0x3f];
  for (const field of [1, 16, 2_048, 2 ** 27]) {
    const tag = fieldTag(field, WireType.double);
    const head = varintOf(BigInt(tag));
    assertEquals(written((writer) => writeDoubleField(writer, tag, 1.5)), [...head, ...bytes]);
  }
});

Deno.test("writeSigned writes whole numbers zigzag, up to 2^53 both ways", () => {
  fc.assert(
    fc.property(whole, (value) => {
      assertEquals(written((writer) => writeSigned(writer, value)), varintOf(zigzagOf(value)));
    }),
    { seed: 2, numRuns: 2_000 },
  );
});

Deno.test("writeSignedRun equals writeSigned of each value, and of no more than the count", () => {
  fc.assert(
    fc.property(fc.array(whole), fc.nat(3), (values, spare) => {
      const run = Float64Array.from([...values, ...Array<number>(spare).fill(99)]);
      const expected = values.flatMap((value) => varintOf(zigzagOf(value)));
      assertEquals(written((writer) => writeSignedRun(writer, run, values.length)), expected);
    }),
    { seed: 3, numRuns: 500 },
  );
});

Deno.test("writeSignedRun reserves a byte for each value that is left, and more only for a large one", () => {
  const run = new Float64Array(103).fill(1);
  run[100] = 1_000;
  const writer = new ByteWriter(1);
  writeSignedRun(writer, run, run.length);
  // Grown once, to double the size, by the large one.
  assertEquals([writer.length, writer.bytes.length], [104, 206]);
});

for (const size of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
  Deno.test(`endMessage puts the length of ${size} bytes before them`, () => {
    const writer = new ByteWriter(size + 2);
    writer.byte(9);
    const start = beginDelimited(writer);
    writer.append(new Uint8Array(size).fill(0x78));
    assertEquals(writer.bytes.length, writer.length, "the buffer is full");
    endMessage(writer, start);
    writer.byte(7);
    const bytes = writer.take();
    const head = [9, ...varintOf(BigInt(size))];
    assertEquals([...bytes.subarray(0, head.length)], head);
    assertEquals(bytes.length, head.length + size + 1);
    assertEquals(bytes.subarray(head.length, -1).every((byte) => byte === 0x78), true);
    assertEquals(bytes.at(-1), 7);
  });
}

Deno.test("messages nest", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 6 }), (sizes) => {
      const nested = (at: number): number[] => {
        if (at === sizes.length) return [];
        const content = [...Array<number>(sizes[at]).fill(at), ...nested(at + 1)];
        return [0x22, ...varintOf(BigInt(content.length)), ...content];
      };
      const write = (writer: ByteWriter, at: number) => {
        if (at === sizes.length) return;
        const start = beginMessage(writer, 0x22);
        for (let i = 0; i < sizes[at]; i++) writer.byte(at);
        write(writer, at + 1);
        endMessage(writer, start);
      };
      assertEquals(written((writer) => write(writer, 0)), nested(0));
    }),
    { seed: 4, numRuns: 200 },
  );
});
