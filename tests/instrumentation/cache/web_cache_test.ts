import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { instrumentCache } from "@hotpath/metrics";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { counts, countsOf } from "../../_support/instrumentation/cache/counts.ts";

const URL_HERE = "http://127.0.0.1/a";

Deno.test("instrumentCache counts the operations of a cache of the Web Cache API", async () => {
  await using test = inlineMetrics();
  const name = crypto.randomUUID();
  const bare = await caches.open(name);
  try {
    const cache = instrumentCache(test.metrics, bare, { name: "pages" });
    assertStrictEquals<Cache>(cache, bare);
    await cache.put(URL_HERE, new Response("a"));
    assertEquals(await (await cache.match(URL_HERE))?.text(), "a");
    assertEquals(await cache.match("http://127.0.0.1/b"), undefined);
    assertEquals([await cache.delete(URL_HERE), await cache.delete(URL_HERE)], [true, false]);
    await assertRejects(() => cache.put("ftp://127.0.0.1/a", new Response("a")), TypeError);
    assertEquals(
      await countsOf(test.metrics, "pages"),
      counts({
        ...{ hits: 1, misses: 1, sets: 1, deletes: 2, ratio: 0.5 },
        errors: { put: 1 },
        timed: { put: 2, match: 2, delete: 2 },
      }),
    );
    cache.unhook();
    assertEquals(Object.getOwnPropertyNames(bare), []);
  } finally {
    await caches.delete(name);
  }
});

Deno.test("instrumentCache counts the requests that add and addAll fetch, where these methods exist", async () => {
  await using test = inlineMetrics();
  const stored = new Set<string>();
  const cache = instrumentCache(test.metrics, {
    match: (url: string) => Promise.resolve(stored.has(url) ? new Response(url) : undefined),
    add: (url: string) => Promise.resolve(void stored.add(url)),
    addAll: (urls: string[]) => Promise.resolve(urls.forEach((url) => stored.add(url))),
  }, { name: "pages" });
  await cache.add("a");
  await cache.addAll(["b", "c"]);
  await cache.match("c");
  await cache.match("d");
  assertEquals(
    await countsOf(test.metrics, "pages"),
    counts({ hits: 1, misses: 1, sets: 3, ratio: 0.5, timed: { add: 1, addAll: 1, match: 2 } }),
  );
});
