import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { attachMetrics, createMetrics, type LabelSet, type Metrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { distributionOf, metricOf, valueOf } from "../_support/snapshots.ts";

/** Label sets as a caller without a type checker may pass them. */
type Any = LabelSet<"pair" | "side">;

Deno.test("InstrumentFamily.with returns one handle for each label set", async () => {
  await using test = inlineMetrics();
  const orders = test.metrics.counter("orders_total", { labels: ["pair", "side"] });
  const buys = orders.with({ pair: "BTC-USD", side: "buy" });
  assertStrictEquals(orders.with({ side: "buy", pair: "BTC-USD" }), buys);
  assertEquals(orders.with({ pair: "BTC-USD", side: "sell" }) === buys, false);
});

Deno.test("InstrumentFamily.with is typed: a wrong or missing label does not compile", async () => {
  await using test = inlineMetrics();
  const orders = test.metrics.counter("orders_total", { labels: ["pair", "side"] });
  // @ts-expect-error side is missing
  assertThrows(() => orders.with({ pair: "BTC-USD" }), TypeError);
  // @ts-expect-error sides is no label
  assertThrows(() => orders.with({ pair: "BTC-USD", sides: "buy" }), TypeError);
  // @ts-expect-error there is no third label
  assertThrows(() => orders.with({ pair: "BTC-USD", side: "buy", type: "limit" }), TypeError);
  // @ts-expect-error an object is no value
  assertThrows(() => orders.with({ pair: {}, side: "buy" }), TypeError);
  // @ts-expect-error a family has no value
  assertThrows(() => orders.inc(), TypeError);
  const plain = test.metrics.counter("fills_total");
  // @ts-expect-error a counter without labels is its own handle
  assertThrows(() => plain.with({}), TypeError);
  const timer = test.metrics.timer("job", { labels: ["kind"] });
  // @ts-expect-error kinds is no label
  assertThrows(() => timer.with({ kinds: "read" }), TypeError);
  // @ts-expect-error kind is missing
  assertThrows(() => timer.remove({}), TypeError);
  // @ts-expect-error a histogram does not count
  assertThrows(() => test.metrics.histogram("size").inc(), TypeError);
});

Deno.test("InstrumentFamily.with refuses a wrong label set and names the label", async () => {
  await using test = inlineMetrics();
  const orders = test.metrics.counter("orders", { labels: ["pair", "side"] });
  const refuse = (labels: unknown, message: string) =>
    assertThrows(() => orders.with(labels as Any), TypeError, `Cannot find a series of orders_total: ${message}`);
  refuse({ pair: "BTC" }, "label side must be text, a number or a boolean, got undefined");
  refuse({ pair: null, side: "buy" }, "label pair must be text, a number or a boolean, got null");
  refuse({ pair: "BTC", side: ["buy"] }, 'label side must be text, a number or a boolean, got ["buy"]');
  refuse({ pair: "BTC", side: 1n }, "label side must be text, a number or a boolean, got 1n");
  refuse({ pair: "BTC", side: Symbol("buy") }, "label side must be text, a number or a boolean, got Symbol(buy)");
  refuse({ pair: "BTC", side: "buy", type: "limit" }, 'keys of labels must be among pair, side, got "type"');
  refuse(null, "labels must be an object with pair, side, got null");
  refuse(undefined, "labels must be an object with pair, side, got undefined");
  refuse("BTC", 'labels must be an object with pair, side, got "BTC"');
  assertThrows(() => orders.remove(null as unknown as Any), TypeError, "labels must be an object with pair, side");
});

Deno.test("InstrumentFamily.with refuses a missing label even if a value reads like it", async () => {
  await using test = inlineMetrics();
  const orders = test.metrics.counter("orders", { labels: ["pair", "side"] });
  orders.with({ pair: "undefined", side: "null" }).inc();
  assertThrows(() => orders.with({ side: "null" } as Any), TypeError, "label pair must be text");
  assertThrows(() => orders.with({ pair: "undefined", side: null } as unknown as Any), TypeError, "label side must be");
  assertEquals(orders.remove({ pair: "undefined", side: "null" }), true);
});

Deno.test("InstrumentFamily.with accepts numbers and booleans as their text", async () => {
  await using test = inlineMetrics();
  const requests = test.metrics.counter("requests_total", { labels: ["code", "ok"] });
  requests.with({ code: 200, ok: true }).inc();
  requests.with({ code: "200", ok: "true" }).inc();
  assertEquals(valueOf(await test.metrics.snapshot(), "requests_total", { code: "200", ok: "true" }), 2);
});

Deno.test("labels may be named like the properties of every object", async () => {
  await using test = inlineMetrics();
  const odd = test.metrics.counter("odd_total", { labels: ["constructor", "toString"] });
  odd.with({ constructor: "a", toString: "__proto__" }).inc();
  assertThrows(() => odd.with({} as LabelSet<"constructor" | "toString">), TypeError, "label constructor must be");
  const { series } = metricOf(await test.metrics.snapshot(), "odd_total");
  assertEquals(series.map(({ labels }) => Object.entries(labels)), [[["constructor", "a"], ["toString", "__proto__"]]]);
});

Deno.test("labels keep any text apart from any other", async () => {
  const values = fc.array(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", " ", "\n", '"', "\\")), {
    minLength: 1,
    maxLength: 20,
    size: "max",
  });
  await fc.assert(
    fc.asyncProperty(values, async (values) => {
      await using test = inlineMetrics();
      const odd = test.metrics.counter("odd_total", { labels: ["value"] });
      for (const value of values) odd.with({ value }).inc();
      const snapshot = await test.metrics.snapshot();
      assertEquals(metricOf(snapshot, "odd_total").series.length, new Set(values).size);
      for (const value of values) {
        const times = values.filter((each) => each === value).length;
        assertEquals(valueOf(snapshot, "odd_total", { value }), times);
      }
    }),
    { seed: 5, numRuns: 60 },
  );
});

Deno.test("InstrumentFamily without label names has one series", async () => {
  await using test = inlineMetrics();
  const orders = test.metrics.counter("orders_total", { labels: [] });
  orders.with({}).inc(2);
  assertEquals(valueOf(await test.metrics.snapshot(), "orders_total"), 2);
  assertEquals(orders.remove({}), true);
  assertEquals((await test.metrics.snapshot()).metrics, []);
});

for (const aggregation of ["inline", "worker"] as const) {
  Deno.test(`label values that differ in lone surrogates only are one series, on every thread, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    const halves = ["\ud800", "\udfff", "\ufffd"];
    const pairs = halves.flatMap((a) => halves.map((b) => a + b)).filter((pair) => !pair.isWellFormed());
    const record = (source: Pick<Metrics, "counter" | "timer">) => {
      const orders = source.counter("orders_total", { labels: ["id"] });
      const jobs = source.timer("job", { labels: ["id"] });
      for (const [i, id] of [...halves, ...pairs].entries()) {
        orders.with({ id }).inc(10 ** i);
        jobs.with({ id }).observe(1);
      }
      for (const id of halves) assertStrictEquals(orders.with({ id }), orders.with({ id: "\ufffd" }));
    };
    record(metrics);
    if (aggregation === "worker") {
      await using attached = await attachMetrics(metrics.connect());
      record(attached);
      await attached.flush();
    }
    const threads = aggregation === "worker" ? 2 : 1;
    const snapshot = await metrics.snapshot();
    assertEquals(metricOf(snapshot, "orders_total").series.map(({ labels }) => labels.id), ["\ufffd", "\ufffd\ufffd"]);
    assertEquals(valueOf(snapshot, "orders_total", { id: "\ufffd" }), 111 * threads);
    assertEquals(distributionOf(snapshot, "job_seconds", { id: "\ufffd" }).count, 3 * threads);
    assertEquals(distributionOf(snapshot, "job_seconds", { id: "\ufffd\ufffd" }).count, pairs.length * threads);
    assertEquals(metrics.counter("orders_total", { labels: ["id"] }).remove({ id: "\udbff" }), true);
  });
}
