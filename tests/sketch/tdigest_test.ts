import { assertAlmostEquals, assertEquals, assertGreater, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import peer from "tdigest";
import { Moment } from "../../src/sketch/moments.ts";
import { quantilesOf } from "../../src/sketch/quantile.ts";
import { DigestWalk, freezeDigest, TDigest } from "../../src/sketch/tdigest.ts";
import { normalFrom, randomFrom, withRandom } from "../_support/random.ts";
import { batchOf, type Weighted } from "../_support/sketch/model.ts";

const MANY = 100_000;
const SEEDS = [1, 2, 3, 4, 5];
const PERCENTS = Array.from({ length: 1_001 }, (_, i) => i / 1_000);

const DISTRIBUTIONS: Readonly<Record<string, (random: () => number, normal: () => number) => number>> = {
  "log-normal": (_, normal) => 0.001 * Math.exp(normal()),
  "bimodal": (random, normal) => (random() < 0.8 ? 5e-5 : 5e-3) * Math.exp(0.25 * normal()),
  "Pareto(1.16)": (random) => 0.001 * (1 - random()) ** (-1 / 1.16),
};

const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.constantFrom(0, 1, 2, Number.MAX_VALUE, -Number.MAX_VALUE),
);
const weighted = fc.record({ value, weight: fc.integer({ min: 1, max: 100 }) });
const manyWeighted = fc.array(weighted, { maxLength: 3_000, size: "max" });

function digestOf(values: readonly Weighted[]): TDigest {
  const digest = new TDigest();
  for (const { value, weight } of values) digest.record(value, weight);
  return digest;
}

function valuesOf(name: string, seed: number): Float64Array {
  const random = randomFrom(seed);
  const normal = normalFrom(random);
  return Float64Array.from({ length: MANY }, () => DISTRIBUTIONS[name](random, normal));
}

function digestOfAll(values: Float64Array): TDigest {
  const digest = new TDigest();
  for (const value of values) digest.record(value, 1);
  return digest;
}

/** The digest of as many slices, frozen and merged as a window's are. */
function digestOfSlices(values: Float64Array, slices: number): TDigest {
  const total = new TDigest();
  const length = values.length / slices;
  for (let i = 0; i < slices; i++) {
    total.merge(freezeDigest(digestOfAll(values.subarray(i * length, (i + 1) * length))));
  }
  return total;
}

/** How many values lie below, at most. */
function rankOf(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rankError(sorted: Float64Array, q: number, estimate: number): number {
  return Math.abs(rankOf(sorted, estimate) - Math.ceil(q * sorted.length)) / sorted.length;
}

function weightOf({ weights }: TDigest): number {
  return weights.reduce((total, weight) => total + weight, 0);
}

for (const name of Object.keys(DISTRIBUTIONS)) {
  Deno.test(`TDigest has a rank error at p99.9 no worse than npm's tdigest, whole or of slices, ${name}`, () => {
    const errors = { whole: 0, slices: 0, peer: 0 };
    for (const seed of SEEDS) {
      const values = valuesOf(name, seed);
      const sorted = values.toSorted();
      const other = withRandom(randomFrom(seed), () => {
        const digest = new peer.TDigest();
        for (const value of values) digest.push(value);
        digest.compress();
        return digest;
      });
      errors.whole += rankError(sorted, 0.999, quantilesOf(digestOfAll(values), [0.999])[0]);
      errors.slices += rankError(sorted, 0.999, quantilesOf(digestOfSlices(values, 20), [0.999])[0]);
      errors.peer += rankError(sorted, 0.999, other.percentile(0.999));
    }
    assertLessOrEqual(errors.whole, errors.peer);
    assertLessOrEqual(errors.slices, errors.peer);
  });

  Deno.test(`TDigest has small rank errors, smallest in the tails, whichever way it was merged, ${name}`, () => {
    const values = valuesOf(name, 6);
    const sorted = values.toSorted();
    const [a, b, c] = [0, 1, 2].map((i) => digestOfAll(values.filter((_, at) => at % 3 === i)));
    const left = new TDigest();
    for (const each of [a, b, c]) left.merge(each);
    const right = new TDigest();
    right.merge(b);
    right.merge(c);
    const outer = new TDigest();
    outer.merge(a);
    outer.merge(right);
    for (const digest of [digestOfAll(values), digestOfSlices(values, 50), left, outer]) {
      assertEquals(digest.count, MANY);
      assertLessOrEqual(digest.means.length, 300);
      const estimates = quantilesOf(digest, PERCENTS);
      PERCENTS.forEach((q, i) => {
        // One and a half centroids' width, 0.16 · q(1 − q) each: where two humps have one centroid between them, values
        // are interpolated over the gap. Most are far nearer.
        assertLessOrEqual(rankError(sorted, q, estimates[i]), 1 / MANY + 0.24 * q * (1 - q), `q ${q}`);
      });
    }
  });
}

Deno.test("TDigest keeps all weight, ascending means, and exact moments, with any values and weights", () => {
  fc.assert(
    fc.property(manyWeighted, manyWeighted, (first, second) => {
      const digest = digestOf(first);
      digest.merge(freezeDigest(digestOf(second)));
      const all = [...first, ...second];
      const count = all.reduce((total, { weight }) => total + weight, 0);
      assertEquals([digest.count, weightOf(digest)], [count, count]);
      assertEquals(Array.from(digest.means), Array.from(digest.means.toSorted()));
      assertEquals(digest.moments[Moment.min], all.reduce((min, { value }) => Math.min(min, value), Infinity));
      assertEquals(digest.moments[Moment.max], all.reduce((max, { value }) => Math.max(max, value), -Infinity));
      assertEquals(
        digest.moments[Moment.squaredWeights],
        all.reduce((total, { weight }) => total + weight * weight, 0),
      );
    }),
    { seed: 53, numRuns: 100 },
  );
});

Deno.test("TDigest has quantiles that ascend between the smallest and the largest value", () => {
  fc.assert(
    fc.property(fc.array(weighted, { minLength: 1, maxLength: 3_000, size: "max" }), (values) => {
      const digest = digestOf(values);
      const estimates = quantilesOf(digest, PERCENTS);
      assertEquals(estimates, estimates.toSorted((a, b) => a - b));
      assertGreaterOrEqual(estimates[0], digest.moments[Moment.min]);
      assertLessOrEqual(estimates[1_000], digest.moments[Moment.max]);
    }),
    { seed: 54, numRuns: 100 },
  );
});

Deno.test("TDigest is exact while it holds few values", () => {
  const digest = digestOf([5, 1, 4, 2, 3].map((value) => ({ value, weight: 1 })));
  assertEquals(quantilesOf(digest, [0, 0.2, 0.4, 0.5, 0.8, 0.9, 1]), [1, 1, 2, 3, 4, 5, 5]);
});

Deno.test("TDigest.recordRun of a batch is record of its values", () => {
  fc.assert(
    fc.property(manyWeighted, fc.nat(10), (values, skipped) => {
      const inRuns = new TDigest();
      inRuns.recordRun(batchOf(values, skipped), skipped, skipped + values.length);
      const oneByOne = digestOf(values);
      assertEquals(String(inRuns.means), String(oneByOne.means));
      assertEquals(String(inRuns.weights), String(oneByOne.weights));
      assertEquals(inRuns.count, oneByOne.count);
    }),
    { seed: 55, numRuns: 100 },
  );
});

Deno.test("TDigest.clear forgets everything, what is merged and what waits", () => {
  for (const isMerged of [true, false]) {
    const digest = digestOf([{ value: 9, weight: 3 }]);
    if (isMerged) assertEquals(digest.means.length, 1);
    digest.clear();
    assertEquals([digest.count, digest.means.length], [0, 0]);
    digest.record(2, 1);
    assertEquals(quantilesOf(digest, [0.5]), [2]);
  }
});

Deno.test("TDigest has the means and the weights of all values, whichever is read first", () => {
  assertEquals(digestOf([{ value: 9, weight: 3 }]).means, Float64Array.of(9));
  assertEquals(digestOf([{ value: 9, weight: 3 }]).weights, Float64Array.of(3));
});

Deno.test("TDigest.merge takes digests of any length, an empty one as well", async () => {
  // A module of its own, because the memory of all digests grows once.
  const { TDigest } = await import(
    `../../src/sketch/tdigest.ts?${crypto.randomUUID()}`
  ) as typeof import("../../src/sketch/tdigest.ts");
  const digest = new TDigest();
  digest.merge(freezeDigest(digestOf([])));
  assertEquals(digest.means.length, 0);
  const means = Float64Array.from({ length: 5_000 }, (_, i) => i);
  digest.merge({ moments: digestOfAll(means).moments, means, weights: new Float64Array(5_000).fill(1) });
  assertEquals([digest.count, digest.weights.reduce((total, weight) => total + weight, 0)], [5_000, 5_000]);
  assertLessOrEqual(digest.means.length, 300);
  assertEquals([digest.means[0], digest.means.at(-1)], [0, 4_999]);
});

Deno.test("TDigest.merge has the same result whether or not its digest was read before", () => {
  const values = valuesOf("bimodal", 7);
  const [read, unread] = [0, 1].map(() => digestOfAll(values.subarray(0, 800)));
  assertGreater(read.means.length, 0);
  for (const digest of [read, unread]) digest.merge(digestOfAll(values.subarray(800, 1_600)));
  assertEquals([unread.means, unread.weights], [read.means, read.weights]);
});

Deno.test("freezeDigest copies a digest and does not follow it", () => {
  const digest = digestOf([{ value: 3, weight: 2 }]);
  const slice = freezeDigest(digest);
  digest.record(1, 1);
  assertEquals([digest.means, digest.weights], [Float64Array.of(1, 3), Float64Array.of(1, 2)]);
  assertEquals([slice.means, slice.weights], [Float64Array.of(3), Float64Array.of(2)]);
  assertAlmostEquals(slice.moments[Moment.sum], 6);
});

Deno.test("TDigest joins sorted values to their mean, as far as the scale function k2 allows and no further", () => {
  const values = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), {
    minLength: 1,
    maxLength: 1_023,
    size: "max",
  });
  fc.assert(
    fc.property(values, (all) => {
      const { means, weights } = digestOf(all.map((value) => ({ value, weight: 1 })));
      const sorted = Float64Array.from(all).toSorted();
      const n = all.length;
      const z = 4 * Math.log(Math.max(1, n / 300)) + 24;
      const share = (rank: number) => rank / n * (1 - rank / n);
      /** Maximum weight of a centroid from one rank to another. */
      const most = (from: number, end: number) => n * Math.min(share(from), share(end)) * z / 300;
      let from = 0;
      for (const [i, weight] of weights.entries()) {
        const end = from + weight;
        if (weight > 1) assertLessOrEqual(weight, most(from, end) + 1e-9);
        if (end < n) assertGreater(weight + 1, most(from, end + 1) - 1e-9);
        const own = sorted.subarray(from, end);
        assertAlmostEquals(means[i], own.reduce((sum, value) => sum + value / weight, 0), 1e-9);
        from = end;
      }
      assertEquals(from, n);
    }),
    { seed: 57, numRuns: 100 },
  );
});

Deno.test("DigestWalk interpolates between the minimum, the middles of the centroids and the maximum", () => {
  fc.assert(
    fc.property(fc.array(weighted, { minLength: 1, maxLength: 1_500, size: "max" }), fc.nat(3), (values, step) => {
      const digest = digestOf(values.map(({ value, weight }) => ({ value: value / 2, weight })));
      const { means, weights, moments, count } = digest;
      const known: [place: number, value: number][] = [[0.5, moments[Moment.min]]];
      let before = 0;
      for (const [i, weight] of weights.entries()) {
        known.push([before + weight / 2, means[i]]);
        before += weight;
      }
      known.push([count - 0.5, moments[Moment.max]]);
      const walk = new DigestWalk(digest);
      for (let rank = 1; rank <= count; rank += 1 + step * 7) {
        const place = rank - 0.5;
        const at = known.findIndex(([each]) => each >= place);
        const [[from, low], [to, high]] = at < 1 ? [known[0], known[0]] : [known[at - 1], known[at]];
        const expected = to > from ? low + (place - from) / (to - from) * (high - low) : high;
        const largest = Math.max(Math.abs(low), Math.abs(high));
        assertLessOrEqual(Math.abs(walk.valueAtRank(rank) - expected), 1e-9 * largest + 1e-300);
      }
    }),
    { seed: 58, numRuns: 40 },
  );
});
