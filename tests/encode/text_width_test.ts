import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { cutEnd, cutMiddle, widthOf } from "../../src/encode/text_width.ts";

Deno.test("widthOf counts two columns for letters of East Asia and emoji, none for accents", () => {
  const widths: readonly [text: string, width: number][] = [
    ["", 0],
    ["orders_total", 12],
    ["µs é", 4],
    ["e\u0301", 1],
    ["注文", 4],
    ["한국", 4],
    ["ﾊﾝｶｸ", 4],
    ["Ａ", 2],
    ["🚀x", 3],
    ["𠀀", 2],
    ["–…", 2],
  ];
  for (const [text, width] of widths) assertEquals([text, widthOf(text)], [text, width]);
});

Deno.test("cutEnd and cutMiddle keep a text that fits, and mark what they cut", () => {
  assertEquals([cutEnd("orders", 6), cutEnd("orders", 5), cutEnd("orders", 1), cutEnd("orders", 0)], [
    ...["orders", "orde…", "…", ""],
  ]);
  assertEquals([cutMiddle("orders", 6), cutMiddle("orders", 5), cutMiddle("orders", 2), cutMiddle("orders", 0)], [
    ...["orders", "or…rs", "o…", ""],
  ]);
  // Half a wide letter has no place.
  assertEquals([cutEnd("注文数", 4), cutMiddle("注文数量", 6)], ["注…", "注…量"]);
});

Deno.test("cutEnd and cutMiddle never exceed the width", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "注", "🚀", "\u0301", "é") });
  fc.assert(
    fc.property(text, fc.nat(12), (text, width) => {
      for (const cut of [cutEnd, cutMiddle]) assert(widthOf(cut(text, width)) <= width, cut(text, width));
    }),
    { seed: 7 },
  );
});
