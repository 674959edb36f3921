/**
 * What `instrumentCache` adds to a call: of a `Map` and of `lru-cache`, bare, counted, and counted and timed by the `ffi`
 * clock. All keys are present, so each `get` is a hit and each `set` replaces; a full `lru-cache` that evicts is a case of
 * its own.
 *
 * Does not measure asynchronous caches, where the promise outweighs the rest.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { LRUCache } from "lru-cache";
import { createMetrics, instrumentCache } from "@hotpath/metrics";
import { registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";

const BURST = 32_768;
const KEYS = 1_024;
const TURN = KEYS - 1;

interface Cache {
  get(key: number): number | undefined;
  set(key: number, value: number): unknown;
}

const metrics = createMetrics();
await metrics.ready;
let lookups = 0;

const createLru = () => new LRUCache<number, number>({ max: KEYS });

function casesOf(name: string, bare: Cache, counted: Cache, timed: Cache): Case[] {
  return [
    { ...getCase(`${name}.get`, bare), isReference: true },
    getCase(`${name}.get, counted`, counted, (count) => lookups += count),
    { ...getCase(`${name}.get, counted and timed`, timed, (count) => lookups += count), settle: () => metrics.flush() },
  ];
}

function getCase(name: string, cache: Cache, note: (count: number) => void = () => {}): Case {
  for (let key = 0; key < KEYS; key++) cache.set(key, key);
  // A separate loop, so that V8 does not compile one for all caches; a sum, so that no call is optimized away.
  const run = new Function(
    "cache",
    "count",
    `let sum = 0; for (let i = 0; i < count; i++) sum += cache.get(i & ${TURN}); return sum`,
  );
  return {
    name,
    burst: BURST,
    run: (count) => {
      note(count);
      run(cache, count);
    },
  };
}

function setCase(name: string, cache: Cache, keys: number): Case {
  const run = new Function("cache", "count", `for (let i = 0; i < count; i++) cache.set(i & ${keys - 1}, i & ${TURN})`);
  return { name, burst: BURST, run: (count) => run(cache, count) };
}

const counted = { timings: false } as const;

const ladder: Ladder = {
  name: "cache",
  cases: [
    ...casesOf(
      "Map",
      new Map(),
      instrumentCache(metrics, new Map(), { name: "map", ...counted }),
      instrumentCache(metrics, new Map(), { name: "map, timed" }),
    ),
    ...casesOf(
      "lru-cache",
      createLru(),
      instrumentCache(metrics, createLru(), { name: "lru", ...counted }),
      instrumentCache(metrics, createLru(), { name: "lru, timed" }),
    ),
    { ...setCase("Map.set", new Map(), KEYS), isReference: true },
    setCase("Map.set, counted", instrumentCache(metrics, new Map(), { name: "map", ...counted }), KEYS),
    { ...setCase("lru-cache.set that evicts", createLru(), 2 * KEYS), isReference: true },
    setCase(
      "lru-cache.set that evicts, counted",
      instrumentCache(metrics, createLru(), { name: "lru", ...counted }),
      2 * KEYS,
    ),
  ],
  targets: [{ name: "lru-cache.get, counted", reference: "lru-cache.get", timesFaster: 1 / 5 }],
  allocationFree: ["Map.get, counted", "Map.get, counted and timed", "Map.set, counted"],
  verify: async () => {
    const { metrics: families, meta } = await metrics.snapshot();
    const hits = families.find(({ name }) => name === "cache_hits_total")?.series ?? [];
    assertEquals(
      hits.reduce((total, each) => total + ("value" in each ? each.value : 0), 0),
      lookups,
      "a hit is missing",
    );
    assertEquals(meta.dropped, 0, "records were dropped");
    await metrics.close();
  },
};

/** The bench. */
export const ladders: Ladders = { cache: () => ladder };

await registerBenches(ladders);
