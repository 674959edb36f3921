import { assertEquals } from "@std/assert";
import { GaugeScalar, Scalar } from "../../../src/aggregate/series/scalar.ts";
import { shareOf } from "../../_support/aggregate/series/shares.ts";

Deno.test("Scalar adds up a counter's shares for ever, whether or not their threads are there", () => {
  const scalar = new Scalar({});
  const [first, second, third] = [shareOf(1), shareOf(10), shareOf(100)];
  for (const share of [first, second, third]) scalar.add(share);
  second.thread.isPresent = false;
  assertEquals(scalar.snapshot()?.value, 111);
  scalar.leave(second);
  scalar.leave(second);
  assertEquals(scalar.snapshot()?.value, 111);
  scalar.remove(first);
  assertEquals(scalar.snapshot()?.value, 110);
  scalar.leave(third);
  assertEquals([scalar.isEmpty, scalar.snapshot()?.value], [true, 110]);
});

Deno.test("Scalar merges a gauge's shares into one value, those of absent threads excluded", () => {
  const values = { sum: 10, last: 5, min: -1, max: 6, average: 10 / 3 } as const;
  for (const aggregator of ["sum", "last", "min", "max", "average"] as const) {
    const scalar = new GaugeScalar({}, aggregator);
    for (const share of [shareOf(6, 2), shareOf(-1, 1), shareOf(5, 3), shareOf(0, 0)]) scalar.add(share);
    const absent = shareOf(99, 9);
    absent.thread.isPresent = false;
    scalar.add(absent);
    assertEquals([aggregator, scalar.snapshot()?.value], [aggregator, values[aggregator]]);
    scalar.remove(absent);
    assertEquals([aggregator, scalar.snapshot()?.value], [aggregator, values[aggregator]]);
  }
});

Deno.test("Scalar has the value 0 for a gauge that was never set, and none for one without threads", () => {
  for (const aggregator of ["sum", "last", "min", "max", "average"] as const) {
    const scalar = new GaugeScalar({}, aggregator);
    assertEquals([scalar.hasValue, scalar.value], [false, NaN]);
    const share = shareOf(0);
    scalar.add(share);
    assertEquals([scalar.hasValue, scalar.snapshot()], [true, { labels: {}, value: 0 }]);
    share.thread.isPresent = false;
    assertEquals([scalar.hasValue, scalar.value], [false, NaN]);
    share.thread.isPresent = true;
    assertEquals(scalar.snapshot(), { labels: {}, value: 0 });
    scalar.leave(share);
    assertEquals([scalar.hasValue, scalar.value], [false, NaN]);
  }
});

Deno.test("Scalar.createdMs is that of the first thread, also of a departed one, and no gauge has one", () => {
  const scalar = new Scalar({});
  const [first, second] = [shareOf(1, 2_000), shareOf(10, 1_000)];
  scalar.add(first);
  assertEquals(scalar.createdMs, 2_000);
  scalar.add(second);
  assertEquals(scalar.createdMs, 1_000);
  scalar.leave(second);
  assertEquals([scalar.createdMs, scalar.value, scalar.hasDeparted], [1_000, 11, true]);
  scalar.remove(first);
  assertEquals(scalar.createdMs, 1_000);
  scalar.addDeparted(5, 500);
  assertEquals([scalar.createdMs, scalar.value], [500, 15]);
  const gauge = new GaugeScalar({}, "last");
  gauge.add(shareOf(1, 5));
  assertEquals(gauge.createdMs, undefined);
});

Deno.test("Scalar stays at the largest double where the sum of its shares is larger", () => {
  const { MAX_VALUE } = Number;
  const counter = new Scalar({});
  for (const value of [1.7e308, 1.7e308]) counter.add(shareOf(value));
  assertEquals(counter.value, MAX_VALUE);
  counter.addDeparted(1.7e308, 0);
  counter.addDeparted(1.7e308, 0);
  assertEquals(counter.value, MAX_VALUE);
  for (const sign of [1, -1]) {
    const values = { sum: sign * MAX_VALUE, average: sign * 1.7e308 };
    for (const aggregator of ["sum", "average"] as const) {
      const gauge = new GaugeScalar({}, aggregator);
      for (let i = 1; i <= 4; i++) gauge.add(shareOf(sign * 1.7e308, i));
      assertEquals(gauge.value, values[aggregator]);
    }
  }
  const gauge = new GaugeScalar({}, "sum");
  for (const value of [1.7e308, -1.7e308, 3]) gauge.add(shareOf(value, 1));
  assertEquals(gauge.value, 3);
});
