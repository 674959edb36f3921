import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { attachMetrics, createMetrics, instrumentCache, noopMetrics } from "@hotpath/metrics";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { counts, countsOf } from "../../_support/instrumentation/cache/counts.ts";

Deno.test("instrumentCache returns the same Map and counts its operations", async () => {
  await using test = inlineMetrics();
  const map = new Map<string, number | undefined>();
  const cache = instrumentCache(test.metrics, map, { name: "prices" });
  assertStrictEquals<object>(cache, map);
  assertEquals(await countsOf(test.metrics, "prices"), counts({ size: 0 }));
  assertStrictEquals(cache.set("a", 1).set("b", undefined), cache);
  assertEquals([cache.get("a"), cache.get("b"), cache.get("c"), cache.has("a"), cache.delete("a")], [
    ...[1, undefined, undefined],
    ...[true, true],
  ]);
  assertEquals(
    await countsOf(test.metrics, "prices"),
    counts({
      hits: 2,
      misses: 1,
      sets: 2,
      deletes: 1,
      ratio: 2 / 3,
      size: 1,
      timed: { set: 2, get: 3, has: 1, delete: 1 },
    }),
  );
  cache.clear();
  const { size, timed } = await countsOf(test.metrics, "prices");
  assertEquals([size, timed.clear], [0, 1]);
});

Deno.test("instrumentCache times each operation", async () => {
  await using test = inlineMetrics();
  class SlowMap extends Map<string, number> {
    override get(key: string) {
      test.clock.advance(5);
      return super.get(key);
    }
  }
  instrumentCache(test.metrics, new SlowMap(), { name: "slow" }).get("a");
  const { metrics } = await test.metrics.snapshot();
  const durations = metrics.find(({ name }) => name === "cache_operation_duration_seconds");
  const sums = durations?.series.map((each) => [each.labels.operation, "sum" in each && each.sum]);
  assertEquals(sums?.find(([operation]) => operation === "get"), ["get", 0.005]);
});

Deno.test("instrumentCache creates series only of used operations", async () => {
  await using test = inlineMetrics();
  const cache = instrumentCache(test.metrics, new Map(), { name: "a" });
  cache.get("a");
  const { metrics } = await test.metrics.snapshot();
  for (const exposed of ["cache_errors_total", "cache_operation_duration_seconds"]) {
    const operations = metrics.find(({ name }) => name === exposed)?.series.map(({ labels }) => labels.operation);
    assertEquals(operations, ["get"]);
  }
});

Deno.test("HookedCache.unhook: a method that the program kept still works and is not counted", async () => {
  await using test = inlineMetrics();
  const map = new Map([["a", 1]]);
  const cache = instrumentCache(test.metrics, map, { name: "a" });
  const { get, has } = cache;
  get.call(map, "a");
  cache.unhook();
  assertEquals([get.call(map, "a"), has.call(map, "a")], [1, true]);
  assertEquals((await test.metrics.snapshot()).metrics, []);
});

Deno.test("instrumentCache without timings has no timers but still counts", async () => {
  await using test = inlineMetrics();
  const cache = instrumentCache(test.metrics, new Map(), { name: "plain", timings: false });
  cache.set("a", 1).get("a");
  const { metrics } = await test.metrics.snapshot();
  const timed = metrics.find(({ name }) => name === "cache_operation_duration_seconds");
  assertEquals(timed?.series ?? [], []);
  assertEquals(await countsOf(test.metrics, "plain"), counts({ hits: 1, sets: 1, ratio: 1, size: 1 }));
});

Deno.test("HookedCache.unhook restores a Map exactly and removes its series", async () => {
  await using test = inlineMetrics();
  const map = new Map([["a", 1]]);
  const cache = instrumentCache(test.metrics, map, { name: "a" });
  assertEquals(Object.keys(cache), []);
  assertEquals([cache.get.name, cache.get.length, cache.set.length], ["get", 1, 2]);
  cache.get("a");
  const { unhook } = cache;
  unhook();
  unhook();
  assertEquals(Reflect.ownKeys(map), []);
  assertStrictEquals(map.get, Map.prototype.get);
  assertEquals(await countsOf(test.metrics, "a"), {
    ...counts({}),
    ...{ hits: undefined, misses: undefined, sets: undefined, deletes: undefined },
  });
  map.get("a");
  instrumentCache(test.metrics, map, { name: "a" }).get("a");
  assertEquals(await countsOf(test.metrics, "a"), counts({ hits: 1, ratio: 1, size: 1, timed: { get: 1 } }));
});

Deno.test("HookedCache.unhook restores the properties of an object, their order and attributes", () => {
  const get = () => 1;
  const cache = Object.defineProperties({}, {
    has: { value: () => true, writable: false, enumerable: true, configurable: true },
    get: { get: () => get, enumerable: false, configurable: true },
    set: { value: () => {}, writable: true, enumerable: true, configurable: false },
    other: { value: 5, enumerable: true },
  }) as { get(key: string): number; set(): void };
  const before = Object.getOwnPropertyDescriptors(cache);
  const hooked = instrumentCache(noopMetrics, cache, { name: "a" });
  assertEquals(Object.keys(hooked), ["has", "set", "other"]);
  assertEquals(hooked.get("a"), 1);
  hooked.unhook();
  assertEquals(Object.getOwnPropertyDescriptors(cache), before);
  assertEquals(Reflect.ownKeys(cache), ["has", "get", "set", "other"]);
});

Deno.test("HookedCache.unhook keeps members that other code has replaced since", () => {
  const map = new Map([["a", 1]]);
  const cache = instrumentCache(noopMetrics, map, { name: "a" });
  const theirs = () => 7;
  cache.get = theirs;
  cache.unhook();
  assertStrictEquals(map.get, theirs);
  assertStrictEquals(map.set, Map.prototype.set);
});

Deno.test("HookedCache.unhook of a cache that was frozen since keeps replacements that record nothing", async () => {
  await using test = inlineMetrics();
  const cache = instrumentCache(test.metrics, { get: (key: string) => key }, { name: "a" });
  cache.get("a");
  Object.freeze(cache).unhook();
  assertEquals(cache.get("a"), "a");
  assertEquals((await test.metrics.snapshot()).metrics, []);
});

Deno.test("instrumentCache refuses a cache that it cannot hook, and does not change it", async (t) => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const twice = instrumentCache(metrics, new Map(), { name: "twice" });
  const readOnly = Object.defineProperty({ has: () => true }, "get", { value: () => 1 });
  const cases: [given: unknown, options: unknown, error: typeof TypeError | typeof RangeError, says: string][] = [
    [twice, { name: "b" }, TypeError, 'cache must not already be instrumented, got "an instrumented one"'],
    [null, { name: "a" }, TypeError, "cache must be an object, got null"],
    [new Set(), { name: "a" }, TypeError, 'cache must have a method get or match, got "one without"'],
    [Object.freeze(new Map()), { name: "a" }, TypeError, "cache must have replaceable methods"],
    [Object.seal(new Map()), { name: "a" }, TypeError, "cache must have replaceable methods"],
    [readOnly, { name: "a" }, TypeError, 'methods, got "one with a read-only method"'],
    [Object.assign(new Map(), { unhook: 1 }), { name: "a" }, TypeError, "cache must have no member unhook, got"],
    [new Map(), undefined, TypeError, "options must be an object"],
    [new Map(), { name: 5 }, TypeError, "name must be a string, got 5"],
    [new Map(), { name: "" }, RangeError, 'name must not be empty, got ""'],
    [new Map(), { name: "a", timings: 1 }, TypeError, "timings must be true or false, got 1"],
    [new Map(), { name: "a", time: true }, TypeError, 'options must be among name, timings, got "time"'],
  ];
  for (const [given, options, error, says] of cases) {
    await t.step(says, () => {
      const before = Object.getOwnPropertyDescriptors(Object(given));
      assertThrows(
        () => instrumentCache(metrics, given as object, options as { name: string }),
        error,
        `Cannot instrument a cache: `,
      );
      assertThrows(() => instrumentCache(metrics, given as object, options as { name: string }), error, says);
      assertEquals(Object.getOwnPropertyDescriptors(Object(given)), before);
    });
  }
  assertEquals((await countsOf(metrics, "a")).hits, undefined);
});

Deno.test("instrumentCache passes this, and counts and rethrows errors", async () => {
  await using test = inlineMetrics();
  const cache = instrumentCache(test.metrics, new Map(), { name: "a" });
  const { get } = cache;
  assertThrows(() => get("a"), TypeError, "incompatible receiver");
  assertEquals(
    await countsOf(test.metrics, "a"),
    counts({ size: 0, errors: { get: 1 }, timed: { get: 1 } }),
  );
});

Deno.test("instrumentCache passes on exactly the given arguments", () => {
  const seen: number[] = [];
  const cache = instrumentCache(noopMetrics, {
    get(..._given: unknown[]) {
      seen.push(arguments.length);
    },
  }, { name: "a" });
  cache.get();
  cache.get(undefined);
  cache.get(1, undefined);
  cache.get(1, 2, 3);
  assertEquals(seen, [0, 1, 2, 3]);
});

Deno.test("instrumentCache follows the promises of an asynchronous cache, where null is a miss", async () => {
  await using test = inlineMetrics();
  const store = new Map<string, string>();
  const cache = instrumentCache(test.metrics, {
    get: (key: string) => (test.clock.advance(2), Promise.resolve(store.get(key) ?? null)),
    async set(key: string, value: string) {
      await Promise.resolve();
      if (value === "") throw new RangeError("no value");
      store.set(key, value);
    },
    size: () => Promise.reject(new Error("asked in vain")),
  }, { name: "remote" });
  await cache.set("a", "1");
  await assertRejects(() => cache.set("b", ""), RangeError, "no value");
  assertEquals([await cache.get("a"), await cache.get("b")], ["1", null]);
  assertEquals(
    await countsOf(test.metrics, "remote"),
    counts({ hits: 1, misses: 1, sets: 1, ratio: 0.5, errors: { set: 1 }, timed: { get: 2, set: 2 } }),
  );
});

Deno.test("instrumentCache counts a promise in a Map as a value", async () => {
  await using test = inlineMetrics();
  const cache = instrumentCache(test.metrics, new Map<string, Promise<number>>(), { name: "a" });
  const promise = Promise.reject(new Error("unused"));
  promise.catch(() => {});
  cache.set("a", promise);
  assertStrictEquals(cache.get("a"), promise);
  assertEquals((await countsOf(test.metrics, "a")).hits, 1);
});

/** Handwritten cache that evicts the least recently used entry. */
class SmallMap<Key, Value> extends Map<Key, Value> {
  override get(key: Key): Value | undefined {
    if (!this.has(key)) return undefined;
    const value = super.get(key)!;
    this.delete(key);
    this.set(key, value);
    return value;
  }

  override set(key: Key, value: Value): this {
    if (!super.has(key) && this.size === 2) this.delete(this.keys().next().value!);
    return super.set(key, value);
  }
}

Deno.test("instrumentCache does not count nested calls of a cache, and detects its evictions", async () => {
  await using test = inlineMetrics();
  const cache = instrumentCache(test.metrics, new SmallMap<string, number>(), { name: "small" });
  cache.set("a", 1).set("b", 2);
  cache.get("a");
  cache.set("c", 3);
  assertEquals([...cache.keys()], ["a", "c"]);
  assertEquals(
    await countsOf(test.metrics, "small"),
    counts({ hits: 1, sets: 3, evictions: 1, ratio: 1, size: 2, timed: { get: 1, set: 3 } }),
  );
});

Deno.test("instrumentCache adds up caches of one name until the last is unhooked", async () => {
  await using test = inlineMetrics();
  const [a, b] = [new Map([["x", 1]]), new Map([["y", 1], ["z", 2]])].map((map) =>
    instrumentCache(test.metrics, map, { name: "shared" })
  );
  a.get("x");
  b.get("x");
  assertEquals(
    await countsOf(test.metrics, "shared"),
    counts({ hits: 1, misses: 1, ratio: 0.5, size: 3, timed: { get: 2 } }),
  );
  a.unhook();
  const { hits, size } = await countsOf(test.metrics, "shared");
  assertEquals([hits, size], [1, 2]);
  b.unhook();
  assertEquals((await countsOf(test.metrics, "shared")).hits, undefined);
});

Deno.test("instrumentCache does not keep an unused cache alive, which then has no size", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");
  await using test = inlineMetrics();
  instrumentCache(test.metrics, new Map([["a", 1]]), { name: "a" }).get("a");
  const first = await countsOf(test.metrics, "a");
  assertEquals([first.hits, first.size], [1, 1]);
  let last = first;
  for (let attempts = 200; attempts > 0 && last.size !== 0; attempts--) {
    // A dereferenced weak reference keeps its target until the next turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve));
    collectGarbage();
    last = await countsOf(test.metrics, "a");
  }
  assertEquals(last, { ...first, size: 0 });
});

Deno.test("instrumentCache counts a size that cannot be read, and still reads the others", async () => {
  await using test = inlineMetrics();
  const broken = {
    get: () => 1,
    get size(): number {
      throw new Error("closed");
    },
  };
  instrumentCache(test.metrics, broken, { name: "broken" });
  instrumentCache(test.metrics, new Map([["a", 1]]), { name: "sound" });
  instrumentCache(test.metrics, { get: () => 1, size: () => 4 }, { name: "asked" });
  assertEquals((await countsOf(test.metrics, "sound")).size, 1);
  assertEquals((await countsOf(test.metrics, "asked")).size, 4);
  const { rejected } = await test.metrics.performance();
  assertEquals([rejected.nan > 0, rejected.collect_failed], [true, 0]);
});

Deno.test("instrumentCache works with another thread's metrics and with noopMetrics", async () => {
  await using metrics = createMetrics();
  await using attached = await attachMetrics(metrics.connect());
  const here = instrumentCache(metrics, new Map([["a", 1]]), { name: "both" });
  const there = instrumentCache(attached, new Map([["a", 1]]), { name: "both" });
  here.get("a");
  here.get("b");
  there.get("a");
  await attached.flush();
  const { hits, misses, ratio, size } = await countsOf(metrics, "both");
  assertEquals([hits, misses, ratio, size], [2, 1, 0.75, 2]);

  const quiet = instrumentCache(noopMetrics, new Map([["a", 1]]), { name: "none" });
  assertEquals(quiet.get("a"), 1);
  quiet.unhook();
});

/** An operation on a cache. */
interface Step {
  readonly method: "get" | "set" | "has" | "delete" | "clear";
  readonly key: unknown;
  readonly value: unknown;
}

const steps = fc.array(
  fc.record<Step>({
    method: fc.constantFrom("get", "get", "set", "set", "has", "delete", "clear"),
    key: fc.constantFrom(0, 1, 2, NaN, "a", undefined, null),
    value: fc.constantFrom(0, "", null, undefined, false, {}),
  }),
  { maxLength: 60 },
);

Deno.test("instrumentCache: an instrumented Map behaves like a bare one, and its counts match a model", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      await using test = inlineMetrics();
      const bare = new Map<unknown, unknown>();
      const cache = instrumentCache(test.metrics, new Map<unknown, unknown>(), { name: "a" });
      const expected = { hits: 0, misses: 0, sets: 0, deletes: 0 };
      const timed: Record<string, number> = {};
      for (const { method, key, value } of steps) {
        timed[method] = (timed[method] ?? 0) + 1;
        if (method === "get") bare.has(key) ? expected.hits++ : expected.misses++;
        if (method === "set") expected.sets++;
        if (method === "delete") expected.deletes++;
        const result = cache[method](key, value);
        assertEquals(result === cache ? bare : result, bare[method](key, value));
        assertEquals([...cache], [...bare]);
      }
      const lookups = expected.hits + expected.misses;
      const ratio = lookups === 0 ? undefined : expected.hits / lookups;
      assertEquals(await countsOf(test.metrics, "a"), counts({ ...expected, ratio, size: bare.size, timed }));
    }),
    { numRuns: 60 },
  );
});
