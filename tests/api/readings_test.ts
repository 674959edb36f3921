import { assertEquals, assertRejects } from "@std/assert";
import { createMetrics, noopMetrics } from "../../mod.ts";
import { READING_NAMES, type ReadingName } from "../../src/api/readings.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

type AnyReading = Readonly<Record<ReadingName, (argument?: unknown) => Promise<unknown>>>;

const ARGUMENTS: Partial<Record<ReadingName, unknown>> = { expose: {}, findTrace: "4bf92f3577b34da6a3ce929d0e0e4736" };

async function readAll(metrics: object): Promise<[ReadingName, string][]> {
  const source = metrics as AnyReading;
  return await Promise.all(
    READING_NAMES.map(async (name) => [name, typeof await source[name](ARGUMENTS[name])] as [ReadingName, string]),
  );
}

Deno.test("every reading answers alike in a worker, inline and of metrics that record nothing", async () => {
  await using worker = createMetrics();
  await using test = inlineMetrics();
  const answers = await readAll(noopMetrics);
  assertEquals(await readAll(worker), answers);
  assertEquals(await readAll(test.metrics), answers);
  assertEquals(answers.filter(([, type]) => type !== "object"), [["findTrace", "undefined"]]);
});

Deno.test("a reading checks its argument before it asks the aggregator", async () => {
  await using metrics = createMetrics();
  const source = metrics as unknown as AnyReading;
  await assertRejects(() => source.expose(undefined), TypeError, "options must be an object, got undefined");
  await assertRejects(() => source.findTrace("x"), TypeError, "traceId");
  await assertRejects(() => source.listTraces({ limit: 0 }), RangeError, "limit");
});

Deno.test("a reading of closed metrics has the last state where there is one, and is refused otherwise", async () => {
  const metrics = createMetrics();
  metrics.counter("orders_total").inc();
  await metrics.close();
  assertEquals((await metrics.snapshot()).metrics.map(({ name }) => name), ["orders_total"]);
  assertEquals((await metrics.expose({})).contentType.startsWith("text/plain"), true);
  await assertRejects(() => metrics.instruments(), Error, "it is closed");
});
