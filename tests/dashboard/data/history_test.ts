import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { History } from "../../../src/dashboard/data/history.ts";

Deno.test("History fills slots without a frame, but not gaps", () => {
  const history = new History(10);
  history.write({ slot: 100, isContinuous: false }, 1);
  history.write({ slot: 102, isContinuous: true }, 2);
  history.write({ slot: 105, isContinuous: false }, 3);
  const read = [99, 100, 101, 102, 103, 104, 105, 106].map((slot) => history.at(slot));
  assertEquals(read, [NaN, 1, 1, 2, NaN, NaN, 3, NaN]);
});

Deno.test("History returns the increase of totals, also after a reset", () => {
  const history = new History(10);
  [5, 8, 2].forEach((value, i) => history.write({ slot: 1 + i, isContinuous: i > 0 }, value));
  assertEquals([history.gained(1, 2), history.gained(2, 3), history.gained(0, 1)], [3, 2, NaN]);
});

Deno.test("History keeps the latest values", () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.boolean(), fc.integer()), { maxLength: 60 });
  fc.assert(fc.property(steps, (all) => {
    const history = new History(8);
    const expected = new Map<number, number>();
    let slot = 50;
    for (const [step, isContinuous, value] of all) {
      const before = expected.get(slot) ?? NaN;
      for (let missed = slot + 1; missed < slot + step; missed++) expected.set(missed, isContinuous ? before : NaN);
      slot += step;
      expected.set(slot, value);
      history.write({ slot, isContinuous }, value);
    }
    for (let at = slot - 12; at <= slot + 2; at++) {
      const isKept = all.length > 0 && at > slot - 8 && at <= slot;
      assertEquals(history.at(at), isKept ? expected.get(at) ?? NaN : NaN);
    }
  }));
});
