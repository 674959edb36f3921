import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { DropWindow } from "../../../src/aggregate/health/drop_window.ts";

Deno.test("DropWindow has the share of the last minute", () => {
  const drops = new DropWindow();
  assertEquals(drops.ratio(0), 0);
  drops.note(100, 0, 0);
  drops.note(200, 50, 30_000);
  assertEquals([30_000, 59_999, 60_000, 89_999, 90_000].map((nowMs) => drops.ratio(nowMs)), [0.25, 0.25, 0.5, 0.5, 0]);
  drops.note(300, 50, 90_000);
  assertEquals(drops.ratio(90_000), 0);
});

Deno.test("DropWindow agrees with a list of all that was noted, at any time and however seldom it is called", () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 40_000 }),
    recorded: fc.nat(1_000),
    dropped: fc.nat(1_000),
  });
  fc.assert(fc.property(fc.integer({ min: -1e6, max: 1e9 }), fc.array(step), (startMs, steps) => {
    const drops = new DropWindow();
    const noted: { second: number; offered: number; dropped: number }[] = [];
    let nowMs = startMs;
    let [offered, lost] = [0, 0];
    for (const { afterMs, recorded, dropped } of steps) {
      nowMs += afterMs;
      offered += recorded + dropped;
      lost += dropped;
      drops.note(offered, lost, nowMs);
      const second = Math.floor(nowMs / 1_000);
      noted.push({ second, offered: recorded + dropped, dropped });
      const recent = noted.filter((each) => each.second > second - 60);
      const all = recent.reduce((total, each) => total + each.offered, 0);
      const gone = recent.reduce((total, each) => total + each.dropped, 0);
      assertAlmostEquals(drops.ratio(nowMs), gone === 0 ? 0 : gone / all, 1e-12);
    }
  }));
});
