import { assertEquals, assertThrows } from "@std/assert";
import { logNormalLatency } from "../../examples/trading/latency.ts";
import { Pacer } from "../../examples/trading/pacer.ts";

for (const perSecond of [0.3, 7, 500, 33_333]) {
  Deno.test(`Pacer does not drift from ${perSecond} a second over an hour of ticks that are never on time`, () => {
    const pacer = new Pacer(perSecond, 1_000, Infinity);
    const tickMs = logNormalLatency(10, 1, 3);
    let [nowMs, total] = [1_000, 0];
    while (nowMs < 3_601_000) {
      nowMs += tickMs();
      total += pacer.take(nowMs);
      assertEquals(total, Math.floor((nowMs - 1_000) * (perSecond / 1_000)));
    }
  });
}

Deno.test("Pacer gives several at once, and nothing twice", () => {
  const pacer = new Pacer(500, 0, Infinity);
  assertEquals([10, 10, 11, 12, 30].map((nowMs) => pacer.take(nowMs)), [5, 0, 0, 1, 9]);
});

Deno.test("Pacer makes up for a long stop in bounded portions", () => {
  const pacer = new Pacer(1_000, 0, 400);
  assertEquals([1_000, 1_000, 1_000, 1_000].map((nowMs) => pacer.take(nowMs)), [400, 400, 200, 0]);
});

Deno.test("Pacer gives nothing for a clock that went back", () => {
  const pacer = new Pacer(1_000, 0, 400);
  assertEquals([10, 5, 10, 11].map((nowMs) => pacer.take(nowMs)), [10, 0, 0, 1]);
});

Deno.test("Pacer refuses a rate that is not above zero", () => {
  for (const perSecond of [0, -1, NaN, Infinity]) {
    assertThrows(() => new Pacer(perSecond, 0, 1), RangeError, "perSecond must be above 0");
  }
});
