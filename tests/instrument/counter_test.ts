import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { valueOf } from "../_support/snapshots.ts";

Deno.test("Counter.inc adds one, or the amount that is given", async () => {
  await using test = inlineMetrics();
  const orders = test.metrics.counter("orders_total");
  orders.inc();
  orders.inc(41);
  orders.inc(0);
  orders.inc(0.5);
  orders.inc(undefined);
  assertEquals(valueOf(await test.metrics.snapshot(), "orders_total"), 43.5);
});

Deno.test("Counter is exposed under a name that ends in _total, with its unit before", async () => {
  await using test = inlineMetrics();
  test.metrics.counter("orders").inc();
  test.metrics.counter("fills_total").inc();
  test.metrics.counter("sent", { unit: "bytes" }).inc();
  test.metrics.counter("received_bytes_total", { unit: "bytes" }).inc();
  const names = (await test.metrics.snapshot()).metrics.map(({ name }) => name);
  assertEquals(names, ["orders_total", "fills_total", "sent_bytes_total", "received_bytes_total"]);
});

Deno.test("Counter sums whole numbers exactly, on 3,000 series at once", async () => {
  await using test = inlineMetrics();
  const counter = test.metrics.counter("orders_total", { labels: ["id"] });
  const handles = Array.from({ length: 3_000 }, (_, id) => counter.with({ id }));
  for (let round = 1; round <= 20; round++) handles.forEach((handle, id) => handle.inc(id * round));
  const snapshot = await test.metrics.snapshot();
  const metric = snapshot.metrics[0];
  assertEquals(metric.series.length, 3_000);
  for (const { labels, ...series } of metric.series) {
    assertEquals("value" in series && series.value, Number(labels.id) * 210);
  }
});

Deno.test("Counter.inc counts what it refuses by reason, and keeps it out of the sum", async () => {
  await using test = inlineMetrics();
  const counter = test.metrics.counter("orders_total");
  counter.inc(2);
  const refused: unknown[] = [-1, -1e-300, NaN, Infinity, -Infinity, "3", null, {}, [], true, 5n, Symbol("x"), () => 1];
  for (const amount of refused) counter.inc(amount as number);
  assertEquals(valueOf(await test.metrics.snapshot(), "orders_total"), 2);
  const { rejected } = await test.metrics.performance();
  assertEquals(rejected, {
    nan: 9,
    infinite: 2,
    negative_duration: 0,
    outside_trace: 0,
    listener_failed: 0,
    removed: 0,
    counter_decrement: 2,
    collect_failed: 0,
  });
});

Deno.test("Counter is the sum of the finite amounts that are not negative", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(fc.integer({ max: 2 ** 40 }), fc.double())), async (amounts) => {
      await using test = inlineMetrics();
      const counter = test.metrics.counter("amounts_total");
      // Where a sum of finite amounts is past the largest double, so is the counter.
      const good = amounts.filter((amount) => amount >= 0 && amount < 1e300);
      for (const amount of amounts) if (!(amount >= 1e300 && amount < Infinity)) counter.inc(amount);
      const sum = good.reduce((total, amount) => total + amount, 0);
      assertEquals(valueOf(await test.metrics.snapshot(), "amounts_total"), sum);
      const { rejected } = await test.metrics.performance();
      const refused = amounts.filter((amount) => !(amount >= 0 && amount < Infinity)).length;
      assertEquals(Object.values(rejected).reduce((total, count) => total + count), refused);
    }),
    { seed: 3, numRuns: 100 },
  );
});

Deno.test("Counter.reset starts again from zero and keeps the handle", async () => {
  await using test = inlineMetrics();
  const counter = test.metrics.counter("orders_total");
  counter.inc(5);
  counter.reset();
  assertEquals(valueOf(await test.metrics.snapshot(), "orders_total"), 0);
  counter.inc();
  assertEquals(valueOf(await test.metrics.snapshot(), "orders_total"), 1);
});

Deno.test("Counter.inc rejects a value that takes the sum past the largest double, and continues", async () => {
  await using test = inlineMetrics();
  const orders = test.metrics.counter("orders_total");
  const value = async () => valueOf(await test.metrics.snapshot(), "orders_total");
  orders.inc(1.6e308);
  orders.inc(1.6e308);
  orders.incWithExemplar(Number.MAX_VALUE, { a: "b" });
  orders.inc(1e307);
  assertEquals(await value(), 1.6e308 + 1e307);
  assertEquals((await test.metrics.performance()).rejected.infinite, 2);
  orders.reset();
  orders.inc();
  assertEquals(await value(), 1);
});

Deno.test("Counter is exact up to 2 to the 53rd, and rounds beyond as documented", async () => {
  await using test = inlineMetrics();
  const orders = test.metrics.counter("orders_total");
  const value = async () => valueOf(await test.metrics.snapshot(), "orders_total");
  orders.inc(2 ** 53 - 3);
  for (let i = 0; i < 3; i++) orders.inc();
  assertEquals(await value(), 2 ** 53);
  orders.inc();
  assertEquals(await value(), 2 ** 53);
  orders.inc(2);
  assertEquals(await value(), 2 ** 53 + 2);
  assertEquals((await test.metrics.performance()).rejected.infinite, 0);
});
