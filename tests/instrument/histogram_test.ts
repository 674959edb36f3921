import { assertEquals } from "@std/assert";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { distributionOf } from "../_support/snapshots.ts";

Deno.test("Histogram.observe keeps count, sum, min, max, mean and buckets", async () => {
  await using test = inlineMetrics();
  const size = test.metrics.histogram("message_bytes", { unit: "bytes", buckets: [100, 200, 400] });
  for (const value of [100, 100.5, 200, 50, 1_000]) size.observe(value);
  const { count, sum, min, max, mean, bucketCounts } = distributionOf(await test.metrics.snapshot(), "message_bytes");
  assertEquals({ count, sum, min, max, mean, bucketCounts }, {
    count: 5,
    sum: 1_450.5,
    min: 50,
    max: 1_000,
    mean: 290.1,
    bucketCounts: [2, 4, 4],
  });
});

Deno.test("Histogram takes zero, negative and extreme values", async () => {
  await using test = inlineMetrics();
  const change = test.metrics.histogram("price_change", { buckets: [-1, 0, 1] });
  for (const value of [-2, -1, -0, 0, 5e-324, -5e-324, 1, Number.MAX_VALUE]) change.observe(value);
  const { count, min, max, bucketCounts } = distributionOf(await test.metrics.snapshot(), "price_change");
  assertEquals({ count, min, max, bucketCounts }, {
    count: 8,
    min: -2,
    max: Number.MAX_VALUE,
    bucketCounts: [2, 5, 7],
  });
});

Deno.test("Histogram without values is null where a statistic is undefined", async () => {
  await using test = inlineMetrics({ windows: ["1s"] });
  test.metrics.histogram("message_bytes", { buckets: [1] });
  const series = distributionOf(await test.metrics.snapshot(), "message_bytes");
  const quantiles = { "0.5": null, "0.9": null, "0.95": null, "0.99": null, "0.999": null };
  assertEquals(series, {
    labels: {},
    count: 0,
    sum: 0,
    min: null,
    max: null,
    mean: null,
    quantiles,
    windows: { "1s": { count: 0, mean: null, max: null, quantiles, rate: 0 } },
    bucketCounts: [0],
  });
});

Deno.test("Histogram.observe counts what it refuses by reason, and keeps it out of everything", async () => {
  await using test = inlineMetrics();
  const size = test.metrics.histogram("message_bytes");
  size.observe(3);
  for (const value of [NaN, Infinity, -Infinity, "3", null, undefined, {}, 5n, Symbol("x"), new Date()]) {
    size.observe(value as number);
  }
  const { count, sum, min, max } = distributionOf(await test.metrics.snapshot(), "message_bytes");
  assertEquals([count, sum, min, max], [1, 3, 3, 3]);
  const { rejected } = await test.metrics.performance();
  assertEquals([rejected.nan, rejected.infinite], [8, 2]);
});

Deno.test("Histogram is exposed with its unit, and default buckets follow the unit", async () => {
  await using test = inlineMetrics();
  const options = { buckets: undefined };
  test.metrics.histogram("message", { unit: "bytes", ...options });
  test.metrics.histogram("wait_seconds", { unit: "seconds" });
  test.metrics.histogram("price");
  const { metrics } = await test.metrics.snapshot();
  assertEquals(metrics.map(({ name }) => name), ["message_bytes", "wait_seconds", "price"]);
  assertEquals(metrics.map((metric) => "windowName" in metric && metric.windowName), [
    "message_window_bytes",
    "wait_window_seconds",
    "price_window",
  ]);
  assertEquals(metrics.map((metric) => "buckets" in metric && [metric.buckets[0], metric.buckets.at(-1)]), [
    [64, 64 * 4 ** 10],
    [1e-6, 10],
    [0.005, 10],
  ]);
});

Deno.test("Histogram counts are exact past many drains", async () => {
  await using test = inlineMetrics({ ringCapacity: 256 });
  const size = test.metrics.histogram("message_bytes");
  for (let round = 0; round < 100; round++) {
    for (let i = 0; i < 250; i++) size.observe(i);
    await test.metrics.flush();
  }
  const snapshot = await test.metrics.snapshot();
  assertEquals(distributionOf(snapshot, "message_bytes").count, 25_000);
  assertEquals(distributionOf(snapshot, "message_bytes").sum, 100 * 250 * 249 / 2);
  assertEquals([snapshot.meta.recorded, snapshot.meta.dropped], [25_000, 0]);
});

Deno.test("Histogram records that a full ring loses are counted as dropped, the oldest or the newest", async () => {
  for (const [overflow, least, most] of [["overwrite-oldest", 40, 99], ["drop-newest", 0, 63]] as const) {
    await using test = inlineMetrics({ ringCapacity: 64, overflow });
    const size = test.metrics.histogram("message_bytes");
    for (let i = 0; i < 100; i++) size.observe(i);
    const snapshot = await test.metrics.snapshot();
    const { count, min, max } = distributionOf(snapshot, "message_bytes");
    assertEquals([min, max], [least, most]);
    assertEquals([count, snapshot.meta.recorded, snapshot.meta.dropped], [most - least + 1, count, 100 - count]);
  }
});
