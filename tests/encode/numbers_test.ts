import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ByteWriter } from "../../src/encode/byte_writer.ts";
import { canonicalNumber, isTimestamp, shortestNumber, writeNumber, writeSeconds } from "../../src/encode/numbers.ts";

const DATE_MS_MAX = 8.64e15;

const powersOfTen = Array.from({ length: 17 }, (_, power) => 10 ** power);
const wholes = powersOfTen.flatMap((power) => [power - 1, power, power + 1]).filter(Number.isSafeInteger);
const edges = [...wholes, ...wholes.map((each) => -each), 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e21, -0];

/** What is written in front of a byte, in a buffer that has room only for what is reserved. */
function written(write: (writer: ByteWriter) => void): string {
  const writer = new ByteWriter(1);
  write(writer);
  const { length } = writer;
  writer.byte(0);
  return new TextDecoder().decode(writer.take().subarray(0, length));
}

Deno.test("writeNumber writes the shortest decimal of any number, and all digits of a whole one", () => {
  const number = fc.oneof(fc.constantFrom(...edges), fc.maxSafeInteger(), fc.double());
  fc.assert(
    fc.property(number, (value) => {
      const expected = String(value).replace("Infinity", "Inf").replace(/^Inf/, "+Inf");
      assertEquals(written((writer) => writeNumber(writer, value)), expected);
    }),
    { seed: 1, numRuns: 1_000 },
  );
});

Deno.test("writeSeconds writes whole milliseconds with three decimals, a fraction of one rounded down", () => {
  const seconds: readonly [timeMs: number, text: string][] = [
    [0, "0.000"],
    [0.9, "0.000"],
    [1, "0.001"],
    [10, "0.010"],
    [1_234.5, "1.234"],
    [-0.1, "-0.001"],
    [-1_001, "-1.001"],
    [1_767_323_045_678, "1767323045.678"],
    [DATE_MS_MAX, "8640000000000.000"],
    [-DATE_MS_MAX, "-8640000000000.000"],
  ];
  for (const [timeMs, text] of seconds) assertEquals(written((writer) => writeSeconds(writer, timeMs)), text);
});

Deno.test("isTimestamp is true for every time that a date can hold, and no other", () => {
  const times = [0, -DATE_MS_MAX, DATE_MS_MAX, DATE_MS_MAX + 1, -DATE_MS_MAX - 1, NaN, Infinity, -Infinity];
  assertEquals(times.map(isTimestamp), times.map((timeMs) => !Number.isNaN(new Date(timeMs).getTime())));
});

Deno.test("shortestNumber has an exponent below 1e-4 and from 1e6 on, canonicalNumber also a dot or an exponent", () => {
  const numbers: readonly [value: number, shortest: string, canonical: string][] = [
    [0, "0", "0.0"],
    [1, "1", "1.0"],
    [-2, "-2", "-2.0"],
    [0.25, "0.25", "0.25"],
    [1e-4, "0.0001", "0.0001"],
    [9.9e-5, "9.9e-05", "9.9e-05"],
    [1e-10, "1e-10", "1e-10"],
    [999_999, "999999", "999999.0"],
    [1e6, "1e+06", "1e+06"],
    [-1.5e100, "-1.5e+100", "-1.5e+100"],
    [Infinity, "+Inf", "+Inf"],
    [-Infinity, "-Inf", "-Inf"],
  ];
  for (const [value, shortest, canonical] of numbers) {
    assertEquals([shortestNumber(value), canonicalNumber(value)], [shortest, canonical]);
  }
});
