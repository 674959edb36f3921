import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { Keyv } from "keyv";
import { instrumentCache } from "@hotpath/metrics";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { counts, countsOf } from "../../_support/instrumentation/cache/counts.ts";

/** A store with methods for many keys. */
class BatchStore extends Map<string, unknown> {
  getMany(keys: string[]) {
    return Promise.resolve(keys.map((key) => this.get(key)));
  }

  setMany(entries: { key: string; value: unknown }[]) {
    return Promise.resolve(entries.map(({ key, value }) => (this.set(key, value), true)));
  }

  deleteMany(keys: string[]) {
    return Promise.resolve(keys.every((key) => this.delete(key)));
  }
}

Deno.test("instrumentCache counts the operations of a Keyv, including a stored null", async () => {
  await using test = inlineMetrics();
  const cache = instrumentCache(test.metrics, new Keyv(), { name: "keyv" });
  assertEquals([await cache.set("a", 1), await cache.set("b", null)], [true, true]);
  assertEquals([await cache.get("a"), await cache.get("b"), await cache.get("c")], [1, null, undefined]);
  assertEquals((await cache.getRaw("a"))?.value, 1);
  assertEquals([await cache.has("a"), await cache.delete("a"), await cache.delete("a")], [true, true, false]);
  await cache.clear();
  assertEquals(
    await countsOf(test.metrics, "keyv"),
    counts({
      ...{ hits: 3, misses: 1, sets: 2, deletes: 2, ratio: 0.75 },
      timed: { set: 2, get: 3, getRaw: 1, has: 1, delete: 2, clear: 1 },
    }),
  );
});

for (const [name, store] of [["one by one", () => new Map()], ["at once", () => new BatchStore()]] as const) {
  Deno.test(`instrumentCache counts each key of Keyv's methods for many keys, ${name}`, async () => {
    await using test = inlineMetrics();
    const cache = instrumentCache(test.metrics, new Keyv({ store: store() }), { name: "keyv" });
    assertEquals(await cache.setMany([{ key: "a", value: 1 }, { key: "b", value: 2 }]), [true, true]);
    assertEquals(await cache.getMany(["a", "b", "c"]), [1, 2, undefined]);
    assertEquals(await cache.get(["a", "x"]), [1, undefined]);
    assertEquals(await cache.hasMany(["a", "x"]), [true, false]);
    assertEquals([await cache.deleteMany(["a"]), await cache.delete(["b"])], [true, true]);
    assertEquals(
      await countsOf(test.metrics, "keyv"),
      counts({
        ...{ hits: 3, misses: 2, sets: 2, deletes: 2, ratio: 0.6 },
        timed: { setMany: 1, getMany: 2, hasMany: 1, has: 2, deleteMany: 2 },
      }),
    );
  });
}

Deno.test("instrumentCache counts an entry that Keyv finds expired as a miss, and not Keyv's own deletion", async () => {
  await using test = inlineMetrics();
  const store = new Map([["keyv:a", '{"value":1,"expires":1}']]);
  const cache = instrumentCache(test.metrics, new Keyv({ store }), { name: "keyv" });
  assertEquals(await cache.get("a"), undefined);
  const { hits, misses, deletes } = await countsOf(test.metrics, "keyv");
  assertEquals([hits, misses, deletes], [0, 1, 1]);
});

function brokenStore() {
  const fail = () => Promise.reject(new Error("store is gone"));
  return { get: fail, set: fail, delete: fail, clear: fail };
}

Deno.test("instrumentCache counts errors that Keyv catches as events", async () => {
  await using test = inlineMetrics();
  const cache = instrumentCache(test.metrics, new Keyv({ store: brokenStore() }), { name: "keyv" });
  assertEquals([await cache.set("a", 1), await cache.get("a"), await cache.delete("a")], [false, undefined, false]);
  const { sets, misses, errors } = await countsOf(test.metrics, "keyv");
  assertEquals([sets, misses, errors], [0, 1, { event: 2 }]);
});

Deno.test("instrumentCache counts errors that Keyv throws by operation", async () => {
  await using test = inlineMetrics();
  const keyv = new Keyv({ store: brokenStore(), throwOnErrors: true, emitErrors: false });
  const cache = instrumentCache(test.metrics, keyv, { name: "keyv" });
  await assertRejects(() => cache.set("a", 1), Error, "store is gone");
  await assertRejects(() => cache.get("a"), Error, "store is gone");
  const { hits, misses, sets, errors } = await countsOf(test.metrics, "keyv");
  assertEquals([hits, misses, sets, errors], [0, 0, 0, { set: 1, get: 1 }]);
});

Deno.test("HookedCache.unhook restores a Keyv exactly, including other listeners", async () => {
  await using test = inlineMetrics();
  const keyv = new Keyv();
  const theirs = () => {};
  keyv.on("error", theirs);
  const before = Object.getOwnPropertyDescriptors(keyv);
  const cache = instrumentCache(test.metrics, keyv, { name: "keyv" });
  assertEquals(keyv.listeners("error").length, 2);
  cache.unhook();
  assertEquals(Object.getOwnPropertyDescriptors(keyv), before);
  assertEquals(keyv.listeners("error"), [theirs]);
  assertStrictEquals(keyv.get, Keyv.prototype.get);
});
