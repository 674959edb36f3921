import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { LRUCache } from "lru-cache";
import { setImmediate } from "node:timers/promises";
import { instrumentCache, noopMetrics } from "@hotpath/metrics";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { counts, countsOf } from "../../_support/instrumentation/cache/counts.ts";

/** A cache with private fields, accessors and a method that fails. */
class Private {
  readonly #values = new Map<unknown, unknown>();

  get size(): number {
    return this.#values.size;
  }

  get(key: unknown): unknown {
    if (key === "broken") throw new RangeError(`no ${key}`);
    return this.#values.get(key);
  }

  set(key: unknown, value: unknown): this {
    this.#values.set(key, value);
    return this;
  }

  has(...keys: unknown[]): number {
    return keys.filter((key) => this.#values.has(key)).length;
  }

  *[Symbol.iterator](): Iterator<unknown> {
    yield* this.#values;
  }
}

class PrivateMap extends Map<unknown, unknown> {
  readonly #gets: unknown[] = [];

  override get(key: unknown): unknown {
    this.#gets.push(key);
    return super.get(key);
  }

  override set(key: unknown, value: unknown): this {
    if (this.size === 2) this.delete(this.keys().next().value);
    return super.set(key, value);
  }
}

/** Its promises come from async functions, from other functions, and from a shared one. */
class Remote {
  readonly values = new Map<unknown, unknown>();
  readonly #cleared = Promise.resolve("cleared");

  async get(key: unknown): Promise<unknown> {
    await Promise.resolve();
    if (key === "broken") throw new RangeError("no such key");
    return this.values.get(key);
  }

  set(key: unknown, value: unknown): Promise<boolean> {
    this.values.set(key, value);
    return key === "broken" ? Promise.reject(new TypeError("refused")) : Promise.resolve(true);
  }

  has(key: unknown): unknown {
    return key === "broken" ? { then: "a field" } : this.values.has(key);
  }

  clear(): Promise<string> {
    return this.#cleared;
  }
}

const CACHES: Readonly<Record<string, () => object>> = {
  "a Map": () => new Map(),
  "a WeakMap": () => new WeakMap(),
  "a class that extends Map": () => new PrivateMap(),
  "a class with private fields": () => new Private(),
  "a Map behind a proxy": () => {
    const map = new Map();
    return new Proxy(map, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target);
        return typeof member === "function" ? member.bind(target) : member;
      },
    });
  },
  "an LRUCache": () => new LRUCache({ max: 2 }),
  "a remote cache": () => new Remote(),
  "an object without prototype": () => Object.assign(Object.create(null), { get: (key: unknown) => [key] }),
};

const KEYS = ["a", "b", "c", "broken", undefined, NaN, Object.freeze({})];
const step = fc.record({
  method: fc.constantFrom("get", "get", "set", "set", "has", "delete", "clear"),
  values: fc.array(fc.constantFrom(...KEYS), { maxLength: 3 }),
});
type Step = { readonly method: string; readonly values: readonly unknown[] };

/** Everything that a program can observe of a cache. */
async function logOf(cache: Record<PropertyKey, unknown>, steps: readonly Step[]): Promise<unknown[]> {
  const log: unknown[] = [];
  const show = (value: unknown) => value === cache ? "the cache" : value;
  for (const { method, values } of steps) {
    try {
      const result = Reflect.apply(cache[method] as () => unknown, cache, values);
      log.push(result instanceof Promise ? "a promise" : show(result), show(await result));
    } catch (error) {
      log.push(String(error));
    }
    log.push(cache.size, Symbol.iterator in cache ? [...cache as never as Iterable<unknown>] : undefined);
  }
  return [...log, Object.keys(cache), Object.getPrototypeOf(cache)];
}

for (const [name, create] of Object.entries(CACHES)) {
  Deno.test(`instrumentCache changes nothing about ${name}`, async () => {
    await using test = inlineMetrics();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const measured = instrumentCache(test.metrics, create(), { name: "a" });
        const actual = await logOf(measured as never, steps);
        measured.unhook();
        assertEquals(actual, await logOf(create() as never, steps));
      }),
      { numRuns: 50 },
    );
  });
}

Deno.test("instrumentCache returns the original promise, and handles none that the program does not handle", async () => {
  await using test = inlineMetrics();
  const remote = new Remote();
  const cleared = remote.clear();
  const cache = instrumentCache(test.metrics, remote, { name: "remote" });
  assertStrictEquals(cache.clear(), cleared);

  const unhandled: unknown[] = [];
  const listen = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason.message);
  };
  globalThis.addEventListener("unhandledrejection", listen);
  try {
    cache.get("broken");
    cache.set("broken", 1);
    cache.get("broken").catch(() => {});
    await cache.set("broken", 1).catch(() => {});
    await setImmediate();
  } finally {
    globalThis.removeEventListener("unhandledrejection", listen);
  }
  assertEquals(unhandled.toSorted(), ["no such key", "refused"]);
  // Of the two sets, the one whose promise was not used is not counted.
  assertEquals((await countsOf(test.metrics, "remote")).errors, { get: 2, set: 1 });
});

Deno.test("instrumentCache does not run the query that a lookup returns, and counts neither hit nor miss", async () => {
  await using test = inlineMetrics();
  let runs = 0;
  const query = { then: (resolve: (rows: number) => void) => resolve(++runs) };
  const cache = instrumentCache(test.metrics, { get: (_key: string) => query }, { name: "lazy" });
  assertStrictEquals(cache.get("a"), query);
  assertEquals([runs, await cache.get("a"), runs], [0, 1, 1]);
  assertEquals(await countsOf(test.metrics, "lazy"), counts({ timed: { get: 2 } }));
});

Deno.test("instrumentCache keeps the properties of methods", () => {
  const get = Object.assign((key: string) => key, { calls: 7 });
  const cache = instrumentCache(noopMetrics, { get }, { name: "a" });
  assertEquals([cache.get.calls, cache.get.name, cache.get.length], [7, get.name, 1]);
});
