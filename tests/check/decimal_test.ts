import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { add, decimalOf, isWritten, multiply, numberOf, scale, shortened } from "../../src/check/decimal.ts";

const numbers = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

Deno.test("decimalOf and numberOf undo each other", () => {
  fc.assert(fc.property(numbers, (value) => assertEquals(numberOf(decimalOf(value)), value)), { seed: 13 });
});

Deno.test("add, multiply and scale are exact in decimals", () => {
  assertEquals(numberOf(add(decimalOf(0.1), decimalOf(0.2))), 0.3);
  assertEquals(numberOf(add(decimalOf(1e300), decimalOf(-1e-300))), 1e300);
  assertEquals(numberOf(multiply(decimalOf(1.1), decimalOf(-1.1))), -1.21);
  assertEquals([scale(4.1, -3), scale(1.001, 3), scale(Infinity, 3)], [0.0041, 1_001, Infinity]);
});

Deno.test("isWritten is what has at most 15 digits", () => {
  assertEquals([0, -0.1, 1e300, 0.123456789012345].map((each) => isWritten(decimalOf(each))), [true, true, true, true]);
  assertEquals([1 / 3, 0.1 + 0.2, 1.1 ** 20].map((each) => isWritten(decimalOf(each))), [false, false, false]);
});

Deno.test("shortened returns the shortest decimal within a tolerance, otherwise the number", () => {
  assertEquals(shortened(9.999999999999995, 1e-14), 10);
  assertEquals(shortened(0.1 + 0.2, 1e-16), 0.3);
  assertEquals(shortened(5.55e-17, 1e-16), 0);
  assertEquals(shortened(1 / 3, 1e-16), 1 / 3);
  assertEquals(shortened(Number.MAX_VALUE, 1e292), Number.MAX_VALUE);
});
