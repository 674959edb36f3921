/**
 * A cache in two tiers, memory in front of Redis, and what each of them is worth: prints hits, misses and more of both.
 * Asked again within a minute, by another process, memory knows nothing and Redis everything.
 *
 * @module
 */

import KeyvRedis from "@keyv/redis";
import { Cacheable } from "cacheable";
import { Keyv } from "keyv";
import { createMetrics, instrumentCache } from "@hotpath/metrics";

const [redisUrl = "redis://127.0.0.1:6379", ...pairs] = Deno.args;

await using metrics = createMetrics();

// Without Redis there is one tier fewer, and the program does not wait; its metrics show this.
const store = new KeyvRedis(redisUrl, { connectionTimeout: 500, throwOnConnectError: true });

// Tiers are distinguished by name; the cache in front of them does not depend on that.
const memory = instrumentCache(metrics, new Keyv(), { name: "memory" });
const redis = instrumentCache(metrics, new Keyv({ store }), { name: "redis" });
const prices = new Cacheable({ primary: memory, secondary: redis, ttl: "1m" });

for (const pair of pairs.length > 0 ? pairs : ["BTC-USD", "ETH-USD", "BTC-USD"]) {
  const price = await prices.getOrSet(pair, () => lookUpPrice(pair));
  console.log(`${pair} ${price}`);
}
await prices.disconnect();

const text = await metrics.scrape();
console.log(
  text.split("\n").filter((line) => /^cache_(hits|misses|sets|hit_ratio|errors.*"event")/.test(line)).join("\n"),
);

/** Simulates a database or an exchange. */
function lookUpPrice(pair: string): Promise<number> {
  return Promise.resolve(1_000 * pair.length);
}
