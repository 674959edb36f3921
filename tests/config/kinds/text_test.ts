import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { checkNumber } from "../../../src/check/checks.ts";
import type { Place } from "../../../src/check/place.ts";
import { checkBucketsText, checkSwitch, numeric, parseDecimal } from "../../../src/config/kinds/text.ts";

const PLACE: Place = { action: "create metrics", path: "METRICS_X", source: "the environment" };
const checkAny = numeric(checkNumber(0, Infinity));

Deno.test("checkSwitch takes true, false, 1 and 0 in any case, and nothing else", () => {
  for (const text of ["true", "TRUE", "True", "1"]) assertEquals(checkSwitch(PLACE, text), true);
  for (const text of ["false", "FALSE", "False", "0"]) assertEquals(checkSwitch(PLACE, text), false);
  for (const text of ["yes", "no", "on", "off", "t", "2", " 1", "true ", "null", "toString"]) {
    assertThrows(() => checkSwitch(PLACE, text), RangeError, `METRICS_X in the environment must be "true", "false"`);
  }
});

Deno.test("parseDecimal takes digits with a fraction or without, and nothing else", () => {
  const taken: [string, number][] = [["0", 0], ["007", 7], ["0.25", 0.25], ["64", 64]];
  for (const [text, expected] of taken) assertEquals(parseDecimal(text), expected);
  const refused = ["", " ", "1 ", "+1", "-1", "1.", ".5", "1e3", "0x10", "1_000", "1,5", "NaN", "Infinity", "١"];
  for (const text of refused) assertEquals([text, parseDecimal(text)], [text, undefined]);
});

Deno.test("numeric returns every number that is written in decimals", () => {
  const number = fc.double({ min: 0, max: 1e15, noNaN: true }).map((value) => Math.round(value * 1e4) / 1e4);
  fc.assert(
    fc.property(number.filter((value) => !String(value).includes("e")), (value) => {
      assertEquals(checkAny(PLACE, String(value)), value + 0);
    }),
    { seed: 12 },
  );
});

Deno.test("numeric takes a text as the number it is, or refuses it by name", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 6 }), (text) => {
      if (/^[0-9]+(\.[0-9]+)?$/.test(text)) assertEquals(checkAny(PLACE, text), Number(text));
      else assertThrows(() => checkAny(PLACE, text), TypeError, "METRICS_X in the environment must be a number");
    }),
    { seed: 13, numRuns: 500, examples: [["1"], ["1.5"], [""], ["1\n"]] },
  );
});

Deno.test("checkBucketsText reads ascending milliseconds as seconds", () => {
  const ascending = fc.uniqueArray(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 1, maxLength: 50 })
    .map((bounds) => bounds.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(ascending, fc.constantFrom(",", ", ", " , "), (boundsMs, comma) => {
      assertEquals(checkBucketsText(PLACE, boundsMs.join(comma)), boundsMs.map((boundMs) => boundMs / 1_000));
      if (boundsMs.length < 2) return;
      const descending = boundsMs.toReversed().join(comma);
      assertThrows(() => checkBucketsText(PLACE, descending), RangeError, "METRICS_X in the environment must ascend");
    }),
    { seed: 14 },
  );
});

Deno.test("checkBucketsText returns seconds without digits that were not written", () => {
  assertEquals(checkBucketsText(PLACE, "0.7, 1.1,4.1,8.2,16.4"), [0.0007, 0.0011, 0.0041, 0.0082, 0.0164]);
});
