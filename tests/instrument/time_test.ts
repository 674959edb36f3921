import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { noopMetrics, type Timer } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { distributionOf } from "../_support/snapshots.ts";

Deno.test("Timer.time calls a function once, times it and returns its result", async () => {
  await using test = inlineMetrics();
  const rows = ["tea"];
  let calls = 0;
  const query = test.metrics.timer("query", { labels: ["table"] });
  const result = query.with({ table: "orders" }).time(() => {
    calls += 1;
    test.clock.advance(3);
    return rows;
  });
  assertStrictEquals(result, rows);
  assertEquals(calls, 1);
  const { count, sum } = distributionOf(await test.metrics.snapshot(), "query_seconds", { table: "orders" });
  assertEquals([count, sum], [1, 0.003]);
});

Deno.test("Timer.time times throws, and promises until they settle", async () => {
  await using test = inlineMetrics();
  const query = test.metrics.timer("query");
  const error = new Error("refused");
  const fail = () => {
    test.clock.advance(2);
    throw error;
  };
  assertStrictEquals(assertThrows(() => query.time(fail)), error);
  const { promise, resolve } = Promise.withResolvers<string>();
  const result = query.time(async () => await promise);
  test.clock.advance(5);
  resolve("filled");
  assertEquals(await result, "filled");
  assertStrictEquals(await assertRejects(() => query.time(() => Promise.reject(error))), error);
  const { count, sum } = distributionOf(await test.metrics.snapshot(), "query_seconds");
  assertEquals([count, sum], [3, 0.007]);
});

Deno.test("Timer.time refuses what is not a function", async () => {
  await using test = inlineMetrics();
  const query: Timer = test.metrics.timer("query");
  assertThrows(() => query.time("tea" as unknown as () => void), TypeError, "time a function");
});

Deno.test("Timer.time of noopMetrics calls the function", () => {
  assertEquals(noopMetrics.timer("query").time(() => 7), 7);
});
