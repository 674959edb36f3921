import { assertEquals, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import type { ExponentialBuckets } from "../../../src/model/families.ts";
import { Feed } from "../../../src/aggregate/live/feed.ts";
import { type FakeDistribution, FakeSource, SCHEMA } from "../../_support/aggregate/live/fake_source.ts";
import { Follower, type Gains, lower, noGains } from "../../_support/aggregate/live/follower.ts";

const SETTINGS = { intervalMs: 1_000, window: "1m", names: undefined };

Deno.test("Feed begins with definitions and every value, and continues with what has changed", () => {
  const source = new FakeSource();
  const orders = source.addScalar();
  const idle = source.addScalar();
  const timer = source.addDistribution();
  orders.value = 3;
  timer.record(0.5);
  const feed = new Feed(source, SETTINGS);
  const { metrics, series, timestampMs: _, ...start } = feed.start();
  assertEquals(start, { type: "start", intervalMs: 1_000, window: "1m", framesLost: 0, kpis: [] });
  assertEquals(metrics.map(({ name, schema }) => [name, schema]), [["orders_total", undefined], ["order_seconds", 6]]);
  assertEquals(series.map(({ id, metric, labels }) => [id, metric, labels.id]), [
    [0, "orders_total", "0"],
    [1, "orders_total", "1"],
    [2, "order_seconds", "2"],
  ]);
  const whole = feed.whole();
  assertEquals(whole.scalars, [[0, 3], [1, 0]]);
  assertEquals(whole.distributions.map(({ id, count, sum, gained }) => [id, count, sum, gained]), [
    [2, 1, 0.5, undefined],
  ]);
  assertEquals([whole.elapsedMs, whole.health?.status], [0, "HEALTHY"]);

  source.ms += 250;
  assertEquals(feed.next().scalars, []);
  orders.value = 4;
  timer.record(1);
  timer.record(1);
  source.ms += 1_000;
  const { scalars, distributions, elapsedMs, ...rest } = feed.next();
  assertEquals([scalars, elapsedMs], [[[0, 4]], 1_000]);
  assertEquals([rest.metrics, rest.series, rest.removed, rest.health, rest.kpis], Array(5).fill(undefined));
  assertEquals(distributions, [{
    id: 2,
    count: 3,
    sum: 2.5,
    window: {
      count: 3,
      rate: 0.05,
      mean: 2.5 / 3,
      max: 1,
      quantiles: { "0.5": distributions[0].window.quantiles["0.5"], "0.9": 1, "0.95": 1, "0.99": 1, "0.999": 1 },
    },
    slo: { violations: 0, compliance: 1, burnRate: 0 },
    gained: { positive: [0, 2] },
  }]);
  idle.value = Number.NaN;
  assertEquals(feed.next().scalars, [[1, Number.NaN]]);
  assertEquals(feed.next().scalars, []);
});

Deno.test("Feed reports new and removed series, and health, indicators and exemplars when they change", () => {
  const source = new FakeSource();
  const feed = new Feed(source, SETTINGS);
  assertEquals(feed.start().metrics, []);
  const timer = source.addDistribution();
  timer.record(-2);
  timer.record(0);
  const came = feed.next();
  assertEquals([came.metrics?.length, came.series?.length], [1, 1]);
  assertEquals(came.distributions[0].gained, { negative: [64, 1], zero: 1 });
  const exemplar = { labels: { trace_id: "a" }, value: 1, timestampMs: 5 };
  timer.exemplars.push(exemplar);
  assertEquals(feed.next().distributions.map(({ exemplars, gained }) => [exemplars, gained]), [[
    [exemplar],
    undefined,
  ]]);
  assertEquals(feed.next().distributions, []);
  assertEquals(feed.whole().distributions[0].exemplars, [exemplar]);

  source.distributions.clear();
  source.health = { status: "DEGRADED", reasons: ["it is slow"] };
  source.kpis = [
    { name: "a", metric: "b", statistic: "p99", direction: "below", target: undefined, critical: undefined },
  ];
  const { removed, health, kpis, metrics } = feed.next();
  assertEquals([removed, health, kpis, metrics], [[0], source.health, source.kpis, undefined]);
  const { health: again, kpis: same, removed: none } = feed.next();
  assertEquals([again, same, none], [undefined, undefined, undefined]);
  assertEquals([feed.start().series, feed.start().kpis], [[], source.kpis]);
});

Deno.test("Feed.next defines a metric again that was removed and has another definition now", () => {
  const source = new FakeSource();
  source.addScalar();
  source.addDistribution();
  const feed = new Feed(source, SETTINGS);
  source.scalars.clear();
  source.scalarMetric = { ...source.scalarMetric, type: "gauge" };
  source.addScalar();
  const { metrics, removed, series } = feed.next();
  assertEquals([metrics, removed, series?.length], [[source.scalarMetric], [0], 1]);
  assertEquals(feed.next().metrics, undefined);
  source.scalars.clear();
  feed.next();
  assertEquals(feed.start().metrics.map(({ name }) => name), ["order_seconds"]);
});

Deno.test("Feed reports no gained buckets of a series that began again, and continues from there", () => {
  const source = new FakeSource();
  const timer = source.addDistribution();
  timer.record(1);
  const feed = new Feed(source, SETTINGS);
  timer.reset();
  for (const value of [2, 2, 2]) timer.record(value);
  const [begun] = feed.next().distributions;
  assertEquals([begun.count, begun.gained], [3, undefined]);
  timer.record(4);
  assertEquals(feed.next().distributions[0].gained, { positive: [128, 1] });
});

Deno.test("Feed names the resolution of buckets that had to be halved", () => {
  const source = new FakeSource();
  const timer = source.addDistribution();
  timer.record(1);
  const feed = new Feed(source, SETTINGS);
  timer.record(1e-30);
  const [{ gained }] = feed.next().distributions;
  assertNotEquals(gained?.schema ?? SCHEMA, SCHEMA);
  assertEquals(gained?.positive?.filter((_, at) => at % 2 === 1), [1]);
});

Deno.test("Feed excludes what is not requested by any of its names", () => {
  const source = new FakeSource();
  source.addScalar();
  source.addDistribution();
  const namesOf = (names: readonly string[]) => {
    const feed = new Feed(source, { ...SETTINGS, names });
    return [...feed.start().metrics.map(({ name }) => name), feed.start().series.length];
  };
  assertEquals(namesOf(["orders_total"]), ["orders_total", 1]);
  assertEquals(namesOf(["order_window_seconds"]), ["order_seconds", 1]);
  assertEquals(namesOf(["nothing"]), [0]);
});

/** One thing that happens to series or to clients. */
type Step = { readonly kind: "scalar" } | { readonly kind: "distribution" } | { readonly kind: "tick" } | {
  readonly kind: (typeof KINDS)[number];
  readonly at: number;
  readonly value: number;
};

const KINDS = ["set", "record", "record", "record", "reset", "remove", "lose"] as const;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: "scalar" }, { kind: "distribution" }) },
  { weight: 3, arbitrary: fc.constant<Step>({ kind: "tick" }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(...KINDS),
      at: fc.nat(5),
      value: fc.constantFrom(0, 1, 1.01, 2, 3.5, -1, -7, 1e-30, 1e30, 1e300),
    }),
  },
);

/** Gains of buckets. */
function beyond(before: ExponentialBuckets, now: ExponentialBuckets): Gains {
  const [low, high] = [gainsOf(before), gainsOf(now)];
  lower(low, high.schema);
  for (const side of ["positive", "negative"] as const) {
    for (const [index, count] of low[side]) high[side].set(index, (high[side].get(index) ?? 0) - count);
    for (const [index, count] of high[side]) if (count === 0) high[side].delete(index);
  }
  high.zero -= low.zero;
  return high;
}

function gainsOf({ schema, positive, negative, zeroCount }: ExponentialBuckets): Gains {
  const gains = { ...noGains(schema), zero: zeroCount };
  for (const [side, { low, counts }] of [["positive", positive], ["negative", negative]] as const) {
    counts.forEach((count, at) => count > 0 && gains[side].set(low + at, count));
  }
  return gains;
}

Deno.test("Feed: a client that applies its messages has the state of the source, whatever it lost before it started over", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 80, size: "max" }), (steps) => {
    const source = new FakeSource();
    const feed = new Feed(source, SETTINGS);
    const clients = [0, 1].map(() => {
      const bases = new Map<string, ExponentialBuckets>();
      const follower = new Follower(({ labels: { id } }) => {
        const series = source.distributions.values().find(({ labels }) => labels.id === id);
        bases.set(id, series!.buckets());
      });
      follower.begin(feed.start(), feed.whole());
      return { follower, bases, lost: 0 };
    });
    const nth = <Item>(items: Iterable<Item>, at: number) => [...items].at(at);

    const check = ({ follower, bases }: (typeof clients)[number]) => {
      const byLabel = new Map(follower.series.values().map(({ id, labels }) => [labels.id, id]));
      assertEquals(byLabel.size, source.scalars.size + source.distributions.size);
      for (const { labels, value } of source.scalars) {
        assertEquals(follower.scalars.get(byLabel.get(labels.id)!), value);
      }
      for (const series of source.distributions) checkDistribution(series, byLabel.get(series.labels.id)!);

      function checkDistribution(series: FakeDistribution, id: number): void {
        const followed = follower.distributions.get(id)!;
        const { count, max, quantiles } = series.window();
        assertEquals([followed.count, followed.sum, followed.window.count], [series.count, series.sum, count]);
        assertEquals(followed.window.max, count === 0 ? null : max);
        assertEquals(Object.values(followed.window.quantiles), count === 0 ? Array(5).fill(null) : quantiles);
        const now = series.buckets();
        const expected = beyond(bases.get(series.labels.id) ?? NOTHING, now);
        const gains = follower.gains.get(id) ?? noGains(SCHEMA);
        lower(gains, now.schema);
        assertEquals({ ...gains, schema: now.schema }, expected);
      }
    };

    for (const each of [...steps, { kind: "tick" } as const]) {
      if (each.kind === "scalar") source.addScalar();
      else if (each.kind === "distribution") source.addDistribution();
      else if (each.kind === "tick") {
        const frame = feed.next();
        for (const client of clients) {
          if (client.lost === 0) client.follower.apply(frame);
          else if (--client.lost === 0) {
            client.bases.clear();
            client.follower.begin(feed.start(), feed.whole());
          }
          if (client.lost === 0) check(client);
        }
      } else if (each.kind === "lose") clients[1].lost += each.at;
      else if (each.kind === "set") {
        const scalar = nth(source.scalars, each.at);
        if (scalar !== undefined) scalar.value = each.value;
      } else if (each.kind === "remove") {
        const series = nth<LiveEntry>([...source.scalars, ...source.distributions], each.at);
        source.scalars.delete(series as never);
        source.distributions.delete(series as never);
      } else if (each.kind === "record") nth(source.distributions, each.at)?.record(each.value);
      else nth(source.distributions, each.at)?.reset();
    }
  }));
});

type LiveEntry = FakeDistribution | ReturnType<FakeSource["addScalar"]>;

const NOTHING: ExponentialBuckets = {
  schema: SCHEMA,
  zeroThreshold: 0,
  zeroCount: 0,
  positive: { low: 0, counts: new Float64Array(0) },
  negative: { low: 0, counts: new Float64Array(0) },
};
