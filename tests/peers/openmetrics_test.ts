import { assert, assertEquals, assertGreater } from "@std/assert";
import fc from "fast-check";
import { createMetrics, exponentialBuckets, linearBuckets } from "../../mod.ts";
import type { Metrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { Program } from "../_support/cli/program.ts";
import { HOSTILE_TEXTS } from "../_support/peers/hostile_texts.ts";
import { suffixedMetrics } from "../_support/peers/suffixed_metrics.ts";
import { OpenMetricsParser, type ParsedFamily, type ParsedSample } from "../_support/peers/openmetrics_parser.ts";

/** This parser is older than names in quotes. */
const ESCAPINGS = ["underscores", "dots", "values"] as const;
const ACCEPT = "application/openmetrics-text;version=1.0.0";
const TRACE = { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" };

async function openMetricsOf(metrics: Metrics, escaping: string = ESCAPINGS[0]): Promise<string> {
  const { body, contentType } = await metrics.scrape({ accept: `${ACCEPT};escaping=${escaping}` });
  assertEquals(contentType, `application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=${escaping}`);
  return new TextDecoder().decode(body);
}

/** The samples of a family; none if it is not there. */
function samplesOf(families: readonly ParsedFamily[], name: string): readonly ParsedSample[] {
  return families.find((family) => family.name === name)?.samples ?? [];
}

Deno.test("a strict OpenMetrics parser refuses what is wrong", async () => {
  await using parser = new OpenMetricsParser();
  for (const wrong of ["", "a 1\n", "# TYPE a counter\na 1\n# EOF\n", "# TYPE a gauge\n\na 1\n# EOF\n"]) {
    const refusal = await parser.parse(wrong).then(() => "", ({ message }: Error) => message);
    assert(refusal.startsWith("the parser refuses it"), `${wrong}: ${refusal}`);
  }
  assertEquals(await parser.parse("# EOF\n"), []);
});

Deno.test("a strict OpenMetrics parser takes metrics without instruments", async () => {
  await using parser = new OpenMetricsParser();
  await using metrics = createMetrics();
  assertGreater((await parser.parse(await openMetricsOf(metrics))).length, 0);
});

Deno.test("a strict OpenMetrics parser takes the demo", async () => {
  await using parser = new OpenMetricsParser();
  await using program = new Program("src/cli/main.ts", ["serve", "--port", "0", "--candles-per-second", "2000"]);
  const url = await program.url();
  const response = await fetch(`${url}/metrics`, { headers: { accept: ACCEPT } });
  const families = await parser.parse(await response.text());
  assertEquals(samplesOf(families, "candles").map(({ name }) => name), ["candles_total", "candles_created"]);
  assertEquals((await program.stop("SIGINT")).code, 0);
});

Deno.test("a strict OpenMetrics parser takes every instrument and all that was recorded", async () => {
  await using parser = new OpenMetricsParser();
  await using test = inlineMetrics({ seriesMax: 40, ringCapacity: 64, labelValueMax: 64 });
  const { metrics, clock } = test;
  const orders = metrics.counter("orders", { help: 'Orders "sent" \\ \n', labels: ["id"] });
  orders.with({ id: "0" }).incWithExemplar(0.5, TRACE);
  metrics.gauge("depth", { unit: "bytes", help: "Depth" }).set(-1e-7);
  metrics.gauge("broken", { collect: () => NaN });
  const size = metrics.histogram("message", { unit: "bytes", buckets: exponentialBuckets(1, 10, 4), labels: ["id"] });
  for (let i = 0; i < 6; i++) {
    size.with({ id: i % 2 }).observeWithExemplar(10 ** i, { span_id: `${i}` });
    // Of what is offered in between, two stay.
    await metrics.flush();
  }
  metrics.histogram("spread", { buckets: linearBuckets(-2, 1, 5) }).observe(-1.5);
  metrics.histogram("profit", { buckets: [] }).observe(-3);
  metrics.histogram("tail", { sketch: "tdigest" }).observe(7);
  const execution = metrics.timer("order_execution", { slo: { threshold: "2ms", target: 0.999 } });
  const start = execution.start();
  clock.advance(3);
  execution.endWithExemplar(start, TRACE);
  const waits = metrics.summary("wait", { unit: "seconds", quantiles: [0, 0.5, 1] });
  for (const seconds of [0.25, 0.5, 1]) waits.observe(seconds);
  metrics.summary("loss").observe(-4);
  metrics.counter("unused", { labels: ["side"] });
  metrics.timer("unused_time");
  for (let id = 0; id < 100; id++) orders.with({ id }).inc(id);

  const families = await parser.parse(await openMetricsOf(metrics));
  assertEquals(samplesOf(families, "orders").find(({ labels }) => labels.id === "0"), {
    name: "orders_total",
    labels: { id: "0" },
    value: "0.5",
    exemplar: { labels: TRACE, value: "0.5" },
  });
  const buckets = samplesOf(families, "message_bytes").filter(({ labels }) => labels.id === "1" && "le" in labels);
  assertEquals(buckets.map(({ labels, value, exemplar }) => [labels.le, value, exemplar?.value]), [
    ["1.0", "0.0", undefined],
    ["10.0", "1.0", "10.0"],
    ["100.0", "1.0", undefined],
    ["1000.0", "2.0", "1000.0"],
    ["+Inf", "3.0", "100000.0"],
  ]);
  const spread = samplesOf(families, "spread").map(({ name, value }) => `${name} ${value}`);
  assertEquals(spread.slice(0, -1), [0, 1, 1, 1, 1, 1].map((count) => `spread_bucket ${count}.0`));
  assertEquals(spread.at(-1)?.split(" ")[0], "spread_created");
  assertEquals(
    samplesOf(families, "wait_seconds").filter(({ labels }) => "quantile" in labels).map(({ labels }) =>
      labels.quantile
    ),
    ["0.0", "0.5", "1.0"],
  );
  const { meta: { overflowed } } = await metrics.snapshot();
  assertGreater(overflowed, 0);
  assertEquals(Number(samplesOf(families, "hotpath_series_overflowed")[0].value), overflowed);
});

Deno.test("a strict OpenMetrics parser reads hostile label values back as they were", async () => {
  await using parser = new OpenMetricsParser();
  await using test = inlineMetrics();
  const paths = test.metrics.counter("paths", { labels: ["path", "other"] });
  HOSTILE_TEXTS.forEach((path, i) => paths.with({ path, other: "x" }).incWithExemplar(i, exemplarOf(path)));
  const totals = samplesOf(await parser.parse(await openMetricsOf(test.metrics)), "paths")
    .filter(({ name }) => name === "paths_total");
  assertEquals(totals.map(({ labels }) => labels.path), HOSTILE_TEXTS.map((path) => path.toWellFormed()));
  assertEquals(totals.map(({ value }) => Number(value)), HOSTILE_TEXTS.map((_, i) => i));
  const exemplars = HOSTILE_TEXTS.map((path) => exemplarOf(path.toWellFormed()));
  assertEquals(totals.map(({ exemplar }) => exemplar?.labels), exemplars);
});

Deno.test("a strict OpenMetrics parser takes names that are not legacy, under each escaping", async () => {
  await using parser = new OpenMetricsParser();
  await using test = inlineMetrics();
  test.metrics.counter("http.requests", { labels: ["service.name", "花火"] })
    .with({ "service.name": "shop", "花火": "é" }).inc();
  test.metrics.histogram('größe "b"\\', { unit: "bytes" }).observe(1);
  test.metrics.summary("0 wait\n🚀", { unit: "seconds" }).observe(1);
  const total: Record<string, [name: string, labels: string[]]> = {
    underscores: ["http_requests_total", ["service_name", "__"]],
    dots: ["http_dot_requests__total", ["service_dot_name", "____"]],
    values: ["U__http_2e_requests__total", ["U__service_2e_name", "U___82b1__706b_"]],
  };
  for (const escaping of ESCAPINGS) {
    const families = await parser.parse(await openMetricsOf(test.metrics, escaping));
    const [{ name, labels }] = families[0].samples;
    assertEquals([name, Object.keys(labels)], total[escaping]);
  }
});

Deno.test("a strict OpenMetrics parser takes whatever was recorded in whatever there is", async () => {
  await using parser = new OpenMetricsParser();
  await fc.assert(
    fc.asyncProperty(fc.array(instruments, { maxLength: 6 }), fc.constantFrom(...ESCAPINGS), async (made, escaping) => {
      await using test = inlineMetrics({ seriesMax: 20, windows: ["1s"] });
      made.forEach((instrument, i) => record(test.metrics, `${PREFIXES[i]}${instrument.name}`, instrument));
      await parser.parse(await openMetricsOf(test.metrics, escaping));
    }),
    { numRuns: 200 },
  );
});

Deno.test("a strict OpenMetrics parser takes all names that are accepted, whatever suffix they end in", async () => {
  await using parser = new OpenMetricsParser();
  for (const metrics of suffixedMetrics()) {
    await using test = metrics;
    for (const escaping of ESCAPINGS) await parser.parse(await openMetricsOf(test.metrics, escaping));
  }
});

/** So that no two names are the same once they are escaped. */
const PREFIXES = ["a", "b", "c", "d", "e", "f"];

const texts = fc.oneof(fc.string({ unit: "binary", maxLength: 12 }), fc.constantFrom(...HOSTILE_TEXTS));
const names = fc.string({ unit: fc.constantFrom("a", "_", ".", ":", "9", "-", "é", "火", "🚀", '"', "\\", "\n", " ") });
const numbers = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, Infinity, NaN));

const instruments = fc.record({
  type: fc.constantFrom("counter", "gauge", "histogram", "tdigest", "timer", "summary"),
  name: names,
  unit: fc.constantFrom("", "bytes", "seconds"),
  help: texts,
  label: fc.option(names),
  buckets: fc.uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5 }),
  records: fc.array(fc.record({ value: numbers, labelValue: texts, exemplar: fc.option(texts) }), { maxLength: 20 }),
});

type Recorded = Parameters<Parameters<typeof instruments.map>[0]>[0];

/** Creates an instrument and records in it. */
function record(metrics: Metrics, name: string, { type, unit, help, label, buckets, records }: Recorded): void {
  const labelName = `l${label ?? ""}`;
  const options = { help: help.toWellFormed(), labels: [labelName], ...(type !== "timer" && { unit }) };
  // -0 and 0 are one bound.
  const bounds = [...new Set(buckets.map((bound) => bound + 0))].toSorted((a, b) => a - b);
  for (const { value, labelValue, exemplar } of records) {
    const labels = { [labelName]: labelValue };
    const trace = exemplarOf(exemplar ?? "");
    if (type === "counter") metrics.counter(name, options).with(labels).incWithExemplar(value, trace);
    else if (type === "gauge") metrics.gauge(name, options).with(labels).set(value);
    else if (type === "timer") metrics.timer(name, options).with(labels).observeWithExemplar(value, trace);
    else if (type === "summary") metrics.summary(name, options).with(labels).observe(value);
    else {
      const sketch = type === "tdigest" ? "tdigest" : "exponential";
      const histogram = metrics.histogram(name, { ...options, buckets: bounds, sketch });
      histogram.with(labels).observeWithExemplar(value, trace);
    }
  }
}

/** This parser ends an exemplar's label set at the first brace, also at one in quotes. */
function exemplarOf(text: string): Record<string, string> {
  return { trace: text.replaceAll("}", ")") };
}
