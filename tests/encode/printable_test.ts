import { assertEquals, assertNotMatch } from "@std/assert";
import fc from "fast-check";
import { printable, printableJson } from "../../src/encode/printable.ts";

// deno-lint-ignore no-control-regex
const HARMFUL = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/u;

const texts = fc.string({
  unit: fc.oneof(
    fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
    fc.constantFrom("\x1b", "\x9b", "\x07", "\u202e", "\u{e0001}", "a", '"', "\\", "🚀"),
  ),
});

Deno.test("printable escapes everything that moves a cursor or turns the direction of writing", () => {
  assertEquals(printable("\x1b]0;x\x07\x9b2J\u202e🚀é"), "\\u{1b}]0;x\\u{7}\\u{9b}2J\\u{202e}🚀é");
  fc.assert(fc.property(texts, (text) => assertNotMatch(printable(text), HARMFUL)), { seed: 8 });
});

Deno.test("printableJson is the same JSON without such characters, its lines apart", () => {
  fc.assert(
    fc.property(fc.dictionary(texts, texts), (value) => {
      const json = printableJson(JSON.stringify(value, null, 2));
      assertEquals(JSON.parse(json), JSON.parse(JSON.stringify(value)));
      for (const line of json.split("\n")) assertNotMatch(line, HARMFUL);
    }),
    { seed: 8 },
  );
});
