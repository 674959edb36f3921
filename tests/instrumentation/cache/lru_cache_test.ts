import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { LRUCache } from "lru-cache";
import { instrumentCache, noopMetrics } from "@hotpath/metrics";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { counts, countsOf } from "../../_support/instrumentation/cache/counts.ts";

Deno.test("instrumentCache counts the operations of an LRUCache, including stored nulls but no peeks", async () => {
  await using test = inlineMetrics();
  const cache = instrumentCache(test.metrics, new LRUCache<string, { of: number | null }>({ max: 2 }), { name: "lru" });
  const entries = [1, 2, null].map((of) => ({ of }));
  assertStrictEquals(cache.set("a", entries[0]), cache);
  cache.set("b", entries[1]);
  assertStrictEquals(cache.get("a"), entries[0]);
  cache.set("c", entries[2]);
  assertEquals([cache.get("b"), cache.peek("b"), cache.peek("a")], [undefined, undefined, entries[0]]);
  assertEquals([cache.has("a"), cache.delete("a"), cache.delete("a"), cache.size], [true, true, false, 1]);
  assertEquals(
    await countsOf(test.metrics, "lru"),
    counts({
      ...{ hits: 1, misses: 1, sets: 3, deletes: 2, evictions: 1, ratio: 0.5, size: 1 },
      timed: { set: 3, get: 2, has: 1, delete: 2 },
    }),
  );
});

Deno.test("instrumentCache counts a null in an LRUCache as a hit, and setting undefined as a deletion", async () => {
  await using test = inlineMetrics();
  // deno-lint-ignore ban-types -- the constraint of lru-cache on values, and null
  const cache = instrumentCache(test.metrics, new LRUCache<string, {}>({ max: 2 }), { name: "lru" });
  cache.set("a", null as unknown as number);
  cache.get("a");
  cache.set("a", undefined);
  cache.get("a");
  const { hits, misses, sets, deletes } = await countsOf(test.metrics, "lru");
  assertEquals([hits, misses, sets, deletes], [1, 1, 1, 1]);
});

Deno.test("instrumentCache counts entries evicted by a larger one, not expired or too large ones", async () => {
  await using test = inlineMetrics();
  const disposed: [string, string][] = [];
  let nowMs = 1;
  const options = {
    maxSize: 10,
    maxEntrySize: 9,
    ttl: 100,
    ttlResolution: 0,
    perf: { now: () => nowMs },
    sizeCalculation: (value: number) => value,
    dispose: (_value: number, key: string, reason: string) => void disposed.push([key, reason]),
  };
  const cache = instrumentCache(test.metrics, new LRUCache<string, number>(options), { name: "lru" });
  for (const key of ["a", "b", "c"]) cache.set(key, 3);
  cache.set("d", 8);
  assertEquals(disposed, [["a", "evict"], ["b", "evict"], ["c", "evict"]]);
  assertEquals((await countsOf(test.metrics, "lru")).evictions, 3);

  cache.set("d", 20);
  cache.set("e", 20);
  cache.set("f", 1);
  nowMs += 200;
  cache.set("f", 2);
  nowMs += 200;
  assertEquals(cache.get("f"), undefined);
  assertEquals(disposed.slice(3), [["d", "set"], ["f", "set"], ["f", "expire"]]);
  assertEquals((await countsOf(test.metrics, "lru")).evictions, 3);
});

Deno.test("instrumentCache counts fetch and memo of an LRUCache by whether they load", async () => {
  await using test = inlineMetrics();
  const released = Promise.withResolvers<void>();
  const cache = instrumentCache(
    test.metrics,
    new LRUCache<string, string>({
      max: 2,
      fetchMethod: async (key) => {
        await released.promise;
        if (key === "bad") throw new RangeError("no such key");
        return `fetched ${key}`;
      },
      memoMethod: (key) => `made ${key}`,
    }),
    { name: "lru" },
  );
  const both = [cache.fetch("a"), cache.fetch("a")];
  assertEquals((await countsOf(test.metrics, "lru")).timed, {});
  released.resolve();
  assertEquals(await Promise.all(both), ["fetched a", "fetched a"]);
  assertEquals(await cache.fetch("a"), "fetched a");
  assertEquals(await cache.fetch("a", { forceRefresh: true }), "fetched a");
  await assertRejects(() => cache.fetch("bad"), RangeError, "no such key");
  assertEquals([cache.memo("m"), cache.memo("m")], ["made m", "made m"]);
  assertEquals(await cache.forceFetch("n"), "fetched n");
  assertEquals(
    await countsOf(test.metrics, "lru"),
    counts({
      ...{ hits: 2, misses: 6, evictions: 1, ratio: 0.25, size: 2 },
      errors: { fetch: 1 },
      timed: { fetch: 5, memo: 2, forceFetch: 1 },
    }),
  );
});

Deno.test("instrumentCache counts no eviction when a key is set that is being fetched", async () => {
  await using test = inlineMetrics();
  const fetchMethod = () => new Promise<string>(() => {});
  const cache = instrumentCache(test.metrics, new LRUCache<string, string>({ max: 5, fetchMethod }), { name: "lru" });
  const fetching = assertRejects(() => cache.fetch("a"), Error, "replaced");
  cache.set("a", "set meanwhile");
  await fetching;
  const { evictions, sets, size } = await countsOf(test.metrics, "lru");
  assertEquals([evictions, sets, size], [0, 1, 1]);
});

Deno.test("instrumentCache counts the calls of a memoMethod to its own cache", async () => {
  await using test = inlineMetrics();
  const fibonacci: LRUCache<number, number> = instrumentCache(
    test.metrics,
    new LRUCache<number, number>({
      max: 50,
      memoMethod: (n) => n < 2 ? n : fibonacci.memo(n - 1) + fibonacci.memo(n - 2),
    }),
    { name: "fibonacci" },
  );
  assertEquals(fibonacci.memo(20), 6_765);
  const { hits, misses, evictions } = await countsOf(test.metrics, "fibonacci");
  assertEquals([hits, misses, evictions], [18, 21, 0]);
});

Deno.test("HookedCache.unhook restores an LRUCache exactly", () => {
  const lru = new LRUCache<string, number>({ max: 2 });
  const before = Object.getOwnPropertyDescriptors(lru);
  const cache = instrumentCache(noopMetrics, lru, { name: "lru" });
  assertEquals(Object.keys(cache), Object.keys(before));
  cache.unhook();
  assertEquals(Object.getOwnPropertyDescriptors(lru), before);
  assertStrictEquals(lru.get, LRUCache.prototype.get);
});

const steps = fc.array(
  fc.record({
    method: fc.constantFrom("get", "get", "set", "set", "set", "has", "delete", "peek"),
    key: fc.nat(7),
    value: fc.constantFrom(1, 2, 3, 30, undefined),
    passedMs: fc.constantFrom(0, 0, 1, 40),
  }),
  { maxLength: 80 },
);

Deno.test("instrumentCache: an instrumented LRUCache behaves like a bare one, and its counts match those of lru-cache", async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.boolean(), async (steps, allowStale) => {
      await using test = inlineMetrics();
      let nowMs = 1;
      const expected = { hits: 0, misses: 0, sets: 0, deletes: 0, evictions: 0 };
      const create = (dispose: (value: number, key: number, reason: string) => void) =>
        new LRUCache<number, number>({
          ...{ max: 4, maxSize: 8, maxEntrySize: 6, ttl: 50, ttlResolution: 0, allowStale, dispose },
          ...{ perf: { now: () => nowMs }, sizeCalculation: (value: number) => value },
        });
      const bare = create((_value, _key, reason) => void (reason === "evict" && expected.evictions++));
      let disposed = 0;
      const cache = instrumentCache(test.metrics, create(() => void disposed++), { name: "lru" });
      for (const { method, key, value, passedMs } of steps) {
        nowMs += passedMs;
        const result = method === "set" ? bare.set(key, value) : bare[method as "get"](key);
        const same = method === "set" ? cache.set(key, value) : cache[method as "get"](key);
        assertEquals(same === cache as unknown ? bare : same, result);
        if (method === "get") result === undefined ? expected.misses++ : expected.hits++;
        if (method === "set") value === undefined ? expected.deletes++ : expected.sets++;
        if (method === "delete") expected.deletes++;
        assertEquals(cache.dump().map(([key]) => key), bare.dump().map(([key]) => key));
      }
      const { hits, misses, sets, deletes, evictions, size } = await countsOf(test.metrics, "lru");
      assertEquals({ hits, misses, sets, deletes, evictions, size }, { ...expected, size: bare.size });
    }),
    { numRuns: 100 },
  );
});
