import { assertAlmostEquals, assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { noopMetrics } from "@hotpath/metrics";
import { logNormalLatency } from "../../examples/trading/latency.ts";
import { Venue } from "../../examples/trading/venue.ts";

function draw(count: number, next: () => number): number[] {
  return Array.from({ length: count }, next);
}

Deno.test("logNormalLatency draws the same times from the same seed, others from another", () => {
  const first = draw(100, logNormalLatency(8, 0.6, 42));
  assertEquals(draw(100, logNormalLatency(8, 0.6, 42)), first);
  assertNotEquals(draw(100, logNormalLatency(8, 0.6, 43)), first);
});

Deno.test("logNormalLatency has the median and the spread that it was asked for", () => {
  const times = draw(100_000, logNormalLatency(8, 0.6, 1)).sort((a, b) => a - b);
  assertGreater(times[0], 0);
  assertAlmostEquals(times[50_000], 8, 0.1);
  // One standard deviation up, and 2.326 of them: the 84.13th and the 99th percentile.
  assertAlmostEquals(times[84_134], 8 * Math.exp(0.6), 0.3);
  assertAlmostEquals(times[99_000], 8 * Math.exp(0.6 * 2.326), 1.5);
});

Deno.test("Venue fills at the price of the order's arrival, and only within the limit", async () => {
  const venue = new Venue({
    executionOf: () => noopMetrics.timer("execution"),
    latencyMs: () => 1,
    wait: () => Promise.resolve(),
  });
  const send = async (side: "buy" | "sell", limit: number, arrival: number) => {
    venue.quote(100);
    const answer = venue.execute({ side, type: "limit", limit });
    venue.quote(arrival);
    return await answer;
  };
  assertEquals(await send("buy", 100, 99), 99);
  assertEquals(await send("buy", 100, 100), 100);
  assertEquals(await send("buy", 100, 101), undefined);
  assertEquals(await send("sell", 100, 101), 101);
  assertEquals(await send("sell", 100, 99), undefined);
  assertEquals(await send("sell", 0, 1), 1);
});

Deno.test("Venue has many orders under way at once", async () => {
  const arrivals: (() => void)[] = [];
  const venue = new Venue({
    executionOf: () => noopMetrics.timer("execution"),
    latencyMs: () => 1,
    wait: () => new Promise((resolve) => arrivals.push(resolve)),
  });
  venue.quote(100);
  const answers = [1, 2, 3].map(() => venue.execute({ side: "buy", type: "limit", limit: 100 }));
  assertEquals(venue.inFlight, 3);
  arrivals[1]();
  assertEquals(await answers[1], 100);
  assertEquals(venue.inFlight, 2);
  arrivals[0]();
  arrivals[2]();
  assertEquals(await Promise.all(answers), [100, 100, 100]);
  assertEquals(venue.inFlight, 0);
});

Deno.test("Venue without a price fills nothing", async () => {
  const venue = new Venue({
    executionOf: () => noopMetrics.timer("execution"),
    latencyMs: () => 1,
    wait: () => Promise.resolve(),
  });
  assertEquals(await venue.execute({ side: "buy", type: "market", limit: Infinity }), undefined);
  assertEquals(await venue.execute({ side: "sell", type: "market", limit: 0 }), undefined);
});
