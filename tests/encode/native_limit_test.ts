import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { decodeFamilies } from "../_support/encode/metrics_proto.ts";

const PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

Deno.test("nativeBucketsMax and nativeZeroThresholdMax limit the native buckets of a scrape", async () => {
  const bucketsOf = async (options: { nativeBucketsMax?: number; nativeZeroThresholdMax?: number }) => {
    await using test = inlineMetrics(options);
    const size = test.metrics.histogram("message_bytes", { unit: "bytes" });
    for (let value = 1; value < 1_000; value++) size.observe(value);
    const { body } = await test.metrics.scrape({ accept: PROTOBUF, names: ["message_bytes"] });
    const [{ metric }] = decodeFamilies(body);
    const { schema, zero_threshold: zeroThreshold, positive_delta: deltas, sample_count: count } = metric![0]
      .histogram!;
    assertEquals(Number(count), 999);
    return { schema, zeroThreshold, buckets: deltas!.length };
  };
  const unlimited = await bucketsOf({});
  assertEquals([unlimited.schema, unlimited.zeroThreshold], [6, 2 ** -128]);
  assertGreater(unlimited.buckets, 300);
  const limited = await bucketsOf({ nativeBucketsMax: 100 });
  assertEquals([limited.schema, limited.zeroThreshold], [3, 2 ** -128]);
  assertLessOrEqual(limited.buckets, 100);
  const widened = await bucketsOf({ nativeBucketsMax: 300, nativeZeroThresholdMax: 20 });
  assertEquals(widened.schema, 6);
  assertGreater(widened.zeroThreshold!, 1);
});
