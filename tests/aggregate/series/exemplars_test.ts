import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Exemplar } from "../../../src/model/model.ts";
import { DistributionExemplars } from "../../../src/aggregate/series/exemplars.ts";

const BOUNDS = Float64Array.of(-1, 0, 0.5, 10, Infinity);
const TTL_MS = 300_000;

function exemplarOf(value: number, timestampMs = 0): Exemplar {
  return { labels: { trace_id: `${value} ${timestampMs}` }, value, timestampMs };
}

function exemplarsOf(all: readonly Exemplar[], bounds = BOUNDS): DistributionExemplars {
  const exemplars = new DistributionExemplars(bounds);
  for (const exemplar of all) exemplars.add(exemplar);
  return exemplars;
}

const valuesOf = ({ spread }: DistributionExemplars) => spread.map(({ value }) => value);

const anyExemplar = fc.record({
  value: fc.oneof(
    fc.constantFrom(-1, -0, 0, 0.5, 10, 10.000000000000002),
    fc.double({ noNaN: true, min: -20, max: 20 }),
  ),
  timestampMs: fc.integer({ min: 0, max: 4 * TTL_MS }),
}).map(({ value, timestampMs }) => exemplarOf(value, timestampMs));

Deno.test("DistributionExemplars keeps the last of each classic bucket, inside of its bucket", () => {
  fc.assert(
    fc.property(fc.array(anyExemplar, { maxLength: 40, size: "max" }), (all) => {
      const { byBucket } = exemplarsOf(all);
      assertEquals(byBucket.length, BOUNDS.length);
      byBucket.forEach((exemplar, i) => {
        const lower = i === 0 ? -Infinity : BOUNDS[i - 1];
        assertEquals(exemplar, all.findLast(({ value }) => lower < value && value <= BOUNDS[i]));
      });
    }),
    { seed: 42, numRuns: 300 },
  );
});

Deno.test("DistributionExemplars without bounds has the one bucket up to +Inf", () => {
  assertEquals(exemplarsOf([exemplarOf(1), exemplarOf(2)], Float64Array.of(Infinity)).byBucket, [exemplarOf(2)]);
});

/** The same rule, written the long way: all pairs that there would be, the new one counted in. */
function expectedSpread(spread: readonly Exemplar[], added: Exemplar): Exemplar[] {
  const ascending = (all: readonly Exemplar[]) => all.toSorted((a, b) => a.value - b.value);
  if (spread.length < 10) return ascending([...spread, added]);
  const without = (gone: Exemplar) => ascending([...spread.filter((each) => each !== gone), added]);
  const ageMs = ({ timestampMs }: Exemplar) => Math.abs(added.timestampMs - timestampMs);
  const [oldest] = spread.toSorted((a, b) => ageMs(b) - ageMs(a));
  if (ageMs(oldest) > TTL_MS) return without(oldest);
  const gap = (a: Exemplar, b: Exemplar) => {
    if (a.value === b.value) return 0;
    return Math.sign(a.value) === Math.sign(b.value)
      ? Math.abs(Math.log(Math.abs(a.value)) - Math.log(Math.abs(b.value)))
      : Infinity;
  };
  const pairs = spread.slice(1).map((each, i) => {
    const older = each.timestampMs < spread[i].timestampMs ? each : spread[i];
    return { gap: gap(spread[i], each), gone: older };
  });
  const at = spread.filter(({ value }) => value < added.value).length;
  for (const each of spread.slice(Math.max(0, at - 1), at + 1)) pairs.push({ gap: gap(each, added), gone: each });
  return without(pairs.toSorted((a, b) => a.gap - b.gap)[0].gone);
}

Deno.test("DistributionExemplars keeps at most ten that stay apart, each in the place of the one that is closest", () => {
  fc.assert(
    fc.property(fc.array(anyExemplar, { maxLength: 60, size: "max" }), (all) => {
      const exemplars = exemplarsOf([]);
      let expected: Exemplar[] = [];
      for (const exemplar of all) {
        exemplars.add(exemplar);
        expected = expectedSpread(expected, exemplar);
        assertEquals(exemplars.spread, expected);
      }
    }),
    { seed: 43, numRuns: 300 },
  );
});

Deno.test("DistributionExemplars replaces the older of the closest two, unless the new one is closer to one", () => {
  const values = [1, 2, 4, 8, 16, 32, 64, 128, 136, 512];
  const held = values.map((value, i) => exemplarOf(value, i));
  assertEquals(valuesOf(exemplarsOf([...held, exemplarOf(1_024, 20)])), [1, 2, 4, 8, 16, 32, 64, 136, 512, 1_024]);
  const newer = held.map((each) => each.value === 128 ? exemplarOf(128, 15) : each);
  assertEquals(valuesOf(exemplarsOf([...newer, exemplarOf(1_024, 20)])), [1, 2, 4, 8, 16, 32, 64, 128, 512, 1_024]);
  assertEquals(valuesOf(exemplarsOf([...held, exemplarOf(4.01, 20)])), [1, 2, 4.01, 8, 16, 32, 64, 128, 136, 512]);
  assertEquals(exemplarsOf([...held, exemplarOf(16, 20)]).spread[4], exemplarOf(16, 20));
});

Deno.test("DistributionExemplars replaces the oldest once it is five minutes old", () => {
  const held = [1, 2, 4, 8, 16, 32, 64, 128, 129, 512].map((value) => exemplarOf(value, value === 8 ? 0 : 1));
  assertEquals(valuesOf(exemplarsOf([...held, exemplarOf(3, TTL_MS)])), [1, 2, 3, 4, 8, 16, 32, 64, 129, 512]);
  assertEquals(valuesOf(exemplarsOf([...held, exemplarOf(3, TTL_MS + 1)])), [1, 2, 3, 4, 16, 32, 64, 128, 129, 512]);
});

Deno.test("DistributionExemplars replaces those with a time in the future once the wall clock was set back", () => {
  const hourMs = 3_600_000;
  const held = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512].map((value) => exemplarOf(value, hourMs));
  const added = [3, 5, 7, 9, 11, 13, 15, 17, 19, 21].map((value, i) => exemplarOf(value, i));
  assertEquals(exemplarsOf([...held, ...added]).spread, added);
});

Deno.test("DistributionExemplars are spread over the range after many of any distribution", () => {
  const all = Array.from({ length: 10_000 }, (_, i) => exemplarOf(10 ** ((i * 7_919 % 10_000) / 1_000 - 5), i));
  const values = valuesOf(exemplarsOf(all));
  assertEquals(values.length, 10);
  assert(values[0] < 1e-4 && values[9] > 1e4, `from ${values[0]} to ${values[9]}`);
});
