import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Exemplar } from "../../src/model/model.ts";
import { ExemplarList } from "../../src/record/exemplar_list.ts";
import { Count, COUNTS_LENGTH } from "../../src/ring/layout.ts";

function setUp() {
  const counts = new Float64Array(COUNTS_LENGTH);
  return { list: new ExemplarList(counts), dropped: () => counts[Count.exemplarDropped] };
}

function exemplarOf(value: number, timestampMs = 0): Exemplar {
  return { labels: {}, value, timestampMs };
}

Deno.test("ExemplarList keeps the largest and the newest of each series, and counts all others", () => {
  const offer = fc.record({ series: fc.nat(3), value: fc.integer({ min: -5, max: 5 }) });
  fc.assert(
    fc.property(fc.array(fc.array(offer, { maxLength: 20 }), { maxLength: 5 }), (rounds) => {
      const { list, dropped } = setUp();
      let taken = 0;
      for (const offers of rounds) {
        const all = offers.map(({ series, value }, i) => ({ series, exemplar: exemplarOf(value, i) }));
        for (const { series, exemplar } of all) list.offer(series, exemplar);
        assertEquals(list.isEmpty, offers.length === 0);
        const news = list.take();
        taken += news.length;
        for (const series of new Set(offers.map(({ series }) => series))) {
          const own = all.filter((each) => each.series === series).map(({ exemplar }) => exemplar);
          const max = Math.max(...own.map(({ value }) => value));
          const largest = own.findLast(({ value }) => value === max);
          const newest = own[own.length - 1];
          const expected = largest === newest ? [newest] : [largest, newest];
          assertEquals(news.filter((each) => each.series === series).map(({ exemplar }) => exemplar), expected);
        }
      }
      assertEquals(taken + dropped(), rounds.flat().length);
      assertEquals(list.take(), []);
    }),
    { seed: 41, numRuns: 200 },
  );
});

Deno.test("ExemplarList stays bounded however many series are offered, and continues afterwards", () => {
  const { list, dropped } = setUp();
  for (let i = 0; i < 100_000; i++) list.offer(i % 5_000, exemplarOf(-i));
  const taken = list.take().length;
  assertEquals([taken, dropped()], [512, 100_000 - 512]);
  list.offer(4_999, exemplarOf(1));
  assertEquals(list.take(), [{ series: 4_999, exemplar: exemplarOf(1) }]);
});

Deno.test("ExemplarList has a reset series forgotten, once, and only if an exemplar of it was sent", () => {
  const { list, dropped } = setUp();
  list.offer(1, exemplarOf(1));
  list.restart(1);
  assert(list.isEmpty);
  list.offer(1, exemplarOf(2));
  list.take();
  list.offer(1, exemplarOf(3));
  list.restart(1);
  list.restart(1);
  list.offer(1, exemplarOf(4));
  assertEquals(list.take(), [{ series: 1, exemplar: undefined }, { series: 1, exemplar: exemplarOf(4) }]);
  list.restart(1);
  list.forget(1);
  assert(list.isEmpty);
  list.offer(1, exemplarOf(5));
  list.take();
  list.forget(1);
  list.restart(1);
  assert(list.isEmpty, "the aggregator forgets it by itself");
  list.offer(1, exemplarOf(5));
  list.forget(1);
  assertEquals([list.take(), dropped()], [[], 0]);
});

Deno.test("ExemplarList takes nothing once it is closed", () => {
  const { list, dropped } = setUp();
  list.close();
  list.offer(1, exemplarOf(1));
  assertEquals([list.take(), dropped()], [[], 0]);
});
