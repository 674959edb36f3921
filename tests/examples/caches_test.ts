import { assertEquals, assertGreater } from "@std/assert";
import { freePort, Program, valueOf } from "../_support/cli/program.ts";
import { optionsInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/caches/main.ts";

Deno.test("caches main does without a Redis that does not answer, and counts its errors", async () => {
  const permissions = await optionsInGuide(MAIN);
  const redisUrl = `redis://127.0.0.1:${freePort()}`;
  await using program = new Program(MAIN, [redisUrl, "BTC-USD", "BTC-USD"], { permissions });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  const text = lines.join("\n");
  assertEquals(lines.slice(0, 2), ["BTC-USD 7000", "BTC-USD 7000"]);
  assertEquals(valueOf(text, 'cache_hits_total{cache="memory"}'), 1);
  assertEquals(valueOf(text, 'cache_hits_total{cache="redis"}'), 0);
  assertGreater(valueOf(text, 'cache_errors_total{cache="redis",operation="event"}'), 0);
});
