import { assertEquals } from "@std/assert";
import { Program, valueOf } from "../_support/cli/program.ts";
import { Redis } from "../_support/peers/redis.ts";

const PERMISSIONS = ["--allow-read=.", "--allow-net=127.0.0.1", "--allow-ffi"];

/** What a tier was counted as in a run of the example. */
type Tier = Readonly<Record<"hits" | "misses" | "sets" | "ratio" | "errors", number>>;

async function runExample(url: string, pairs: readonly string[]): Promise<Record<"memory" | "redis", Tier>> {
  await using program = new Program("examples/caches/main.ts", [url, ...pairs], { permissions: PERMISSIONS });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  assertEquals(lines.slice(0, pairs.length), pairs.map((pair) => `${pair} ${1_000 * pair.length}`));
  const tier = (cache: string): Tier => {
    const value = (name: string, labels = "") => valueOf(lines.join("\n"), `${name}{cache="${cache}"${labels}}`);
    return {
      hits: value("cache_hits_total"),
      misses: value("cache_misses_total"),
      sets: value("cache_sets_total"),
      ratio: value("cache_hit_ratio"),
      errors: value("cache_errors_total", ',operation="event"'),
    };
  };
  return { memory: tier("memory"), redis: tier("redis") };
}

Deno.test("tiered_cache counts each tier: memory what is asked again, Redis what another process has asked", async () => {
  await using redis = await Redis.start();
  assertEquals(await runExample(redis.url, ["a", "b", "a", "a"]), {
    memory: { hits: 2, misses: 2, sets: 2, ratio: 0.5, errors: 0 },
    redis: { hits: 0, misses: 2, sets: 2, ratio: 0, errors: 0 },
  });
  assertEquals(await runExample(redis.url, ["a", "b", "c", "b"]), {
    memory: { hits: 1, misses: 3, sets: 3, ratio: 0.25, errors: 0 },
    redis: { hits: 2, misses: 1, sets: 1, ratio: 2 / 3, errors: 0 },
  });
});
