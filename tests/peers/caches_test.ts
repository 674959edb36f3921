import { assertEquals } from "@std/assert";
import { Program, valueOf } from "../_support/cli/program.ts";
import { optionsInGuide, outputInGuide } from "../_support/examples/guide.ts";
import { Redis } from "../_support/peers/redis.ts";

const MAIN = "examples/caches/main.ts";

/** What a tier was counted as in a run of the example. */
type Tier = Readonly<Record<"hits" | "misses" | "sets" | "ratio" | "errors", number>>;

async function runExample(url: string, pairs: readonly string[]): Promise<Record<"memory" | "redis", Tier>> {
  await using program = new Program(MAIN, [url, ...pairs], { permissions: await optionsInGuide(MAIN) });
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

Deno.test("caches main counts each tier: memory what is asked again, Redis what another process has asked", async () => {
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

Deno.test("caches main prints its guide's output in its second run", async () => {
  await using redis = await Redis.start();
  const permissions = await optionsInGuide(MAIN);
  const run = async () => {
    await using program = new Program(MAIN, [redis.url, "BTC-USD", "ETH-USD", "BTC-USD"], { permissions });
    return await program.end();
  };
  await run();
  assertEquals(await run(), { code: 0, lines: await outputInGuide(MAIN), errors: "" });
});
