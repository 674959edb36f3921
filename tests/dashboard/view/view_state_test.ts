import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { RANGES } from "../../../src/dashboard/data/ranges.ts";
import { DEFAULT_VIEW, formatView, parseView, type ViewState } from "../../../src/dashboard/view/view_state.ts";

Deno.test("parseView reads what formatView writes", () => {
  const views: fc.Arbitrary<ViewState> = fc.record({
    search: fc.string({ unit: "grapheme" }),
    range: fc.constantFrom(...RANGES),
    groupBy: fc.string(),
    isPaused: fc.boolean(),
    theme: fc.constantFrom("auto", "light", "dark"),
    trace: fc.string(),
  });
  fc.assert(fc.property(views, (view) => assertEquals(parseView(`#${formatView(view)}`), view)));
});

Deno.test("formatView omits defaults", () => {
  assertEquals(formatView(DEFAULT_VIEW), "");
  assertEquals(parseView(""), DEFAULT_VIEW);
});

Deno.test("parseView ignores invalid parts", () => {
  assertEquals(parseView("#range=9y&theme=pink&paused=maybe&x=1"), DEFAULT_VIEW);
});
