import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseMediaRanges, parseWeightedValues } from "../../src/encode/accept.ts";
import { testCases } from "../_support/cases.ts";

testCases<[header: string, values: readonly [value: string, quality: number][]]>(
  "parseWeightedValues reads the published headers",
  "content-negotiation/gddo.parseAcceptTests.json",
  (cases) => {
    for (const [header, values] of cases) {
      assertEquals(parseWeightedValues(header), values.map(([value, quality]) => ({ value, quality })), header);
    }
  },
);

/** Media ranges in one line each. */
function rangesOf(header: string): string[] {
  return parseMediaRanges(header).map(({ type, subtype, parameters, quality }) =>
    [`${type}/${subtype}`, ...Array.from(parameters, ([name, value]) => `${name}=${value}`), quality].join(";")
  );
}

Deno.test("parseMediaRanges sorts by weight, and puts wildcards last among equals", () => {
  assertEquals(rangesOf("*/*, text/*, text/plain;q=0.5, text/html, image/png ; q=0.9"), [
    "text/html;1",
    "text/*;1",
    "*/*;1",
    "image/png;0.9",
    "text/plain;0.5",
  ]);
});

Deno.test("parseMediaRanges ignores malformed ranges, and gives an invalid weight the value 0", () => {
  assertEquals(rangesOf("text, a/b/c, /b, a/, ,*"), ["*/*;1"]);
  assertEquals(rangesOf("a/b;x;y=;z=1=2;v=1"), ["a/b;v=1;1"]);
  assertEquals(rangesOf("a/b;q=foo, c/d;q=0.1.2, e/f;q=-1, g/h;q=5"), ["g/h;1", "a/b;0", "c/d;0", "e/f;0"]);
  assertEquals(rangesOf(""), []);
});

Deno.test("parseMediaRanges reads types and the names of parameters in any case", () => {
  assertEquals(rangesOf("Text/PLAIN; Version=0.0.4; Q=0.5"), ["text/plain;version=0.0.4;0.5"]);
});

Deno.test("parseMediaRanges and parseWeightedValues read any text, with weights from 0 to 1", () => {
  const parts = fc.constantFrom("text/plain", "*", "/", ";", ",", "q=", "=", "0.5", "1.", "gzip", " ", "\t", '"', "é");
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.array(parts).map((each) => each.join(""))), (header) => {
      for (const { quality } of [...parseMediaRanges(header), ...parseWeightedValues(header)]) {
        assertEquals(quality >= 0 && quality <= 1, true, header);
      }
    }),
    { seed: 3, numRuns: 500 },
  );
});
