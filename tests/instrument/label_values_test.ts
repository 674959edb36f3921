import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { attachMetrics, createMetrics, type Metrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { metricOf, valueOf } from "../_support/snapshots.ts";
import { runDeno } from "../_support/subprocess.ts";

const LONG = "/".repeat(65_536);

async function truncatedOf(metrics: Metrics): Promise<number> {
  const [, value] = /^hotpath_label_values_truncated_total (\d+)$/m.exec(await metrics.scrape()) ?? [];
  return Number(value);
}

Deno.test("InstrumentFamily.with cuts and counts a label value longer than labelValueMax, and finds it again", async () => {
  await using test = inlineMetrics({ labelValueMax: 16 });
  const { metrics } = test;
  const requests = metrics.counter("requests_total", { labels: ["path", "code"] });
  const cut = requests.with({ path: LONG, code: 200 });
  cut.inc();
  assertEquals(await truncatedOf(metrics), 1);
  assertStrictEquals(requests.with({ path: LONG, code: "200" }), cut);
  assertStrictEquals(requests.with({ path: LONG.slice(0, 16), code: 200 }), cut);
  assertStrictEquals(requests.with({ path: LONG.slice(0, 16) + "differs", code: 200 }), cut);
  assert(requests.with({ path: LONG.slice(0, 15), code: 200 }) !== cut);
  assertEquals(await truncatedOf(metrics), 3);
  const { series } = metricOf(await metrics.snapshot(), "requests_total");
  assertEquals(series.map(({ labels }) => labels.path), ["/".repeat(16), "/".repeat(15)]);
  assertEquals(requests.remove({ path: LONG, code: 200 }), true);
  assertEquals(requests.remove({ path: LONG, code: 200 }), false);
  assertEquals((await metrics.snapshot()).meta.series, 1);
});

Deno.test("InstrumentFamily.with cuts a label value between two code points, after 256 by default", async () => {
  await using test = inlineMetrics();
  const requests = test.metrics.counter("requests_total", { labels: ["path"] });
  requests.with({ path: "🚀".repeat(256) }).inc();
  requests.with({ path: "🚀".repeat(257) }).inc();
  requests.with({ path: `a${"🚀".repeat(300)}` }).inc(5);
  const snapshot = await test.metrics.snapshot();
  assertEquals(valueOf(snapshot, "requests_total", { path: "🚀".repeat(256) }), 2);
  assertEquals(valueOf(snapshot, "requests_total", { path: `a${"🚀".repeat(255)}` }), 5);
  assertEquals(await truncatedOf(test.metrics), 2);
});

Deno.test("label values are cut on every thread alike", async () => {
  await using metrics = createMetrics({ labelValueMax: 20 });
  await using attached = await attachMetrics(metrics.connect());
  for (
    const { counter } of [{ counter: metrics.counter.bind(metrics) }, { counter: attached.counter.bind(attached) }]
  ) {
    counter("requests_total", { labels: ["path"] }).with({ path: LONG }).inc();
  }
  await attached.flush();
  assertEquals(valueOf(await metrics.snapshot(), "requests_total", { path: LONG.slice(0, 20) }), 2);
  assertEquals(await truncatedOf(metrics), 2);
});

for (const aggregation of ["inline", "worker"]) {
  Deno.test(`200,000 label sets with values of up to 64 KB leave memory bounded and numbers right, ${aggregation}`, async () => {
    const script = decodeURIComponent(
      new URL("../_support/instrument/cardinality_script.ts", import.meta.url).pathname,
    );
    const { code, stdout, stderr } = await runDeno(["--allow-read", "--v8-flags=--expose-gc", script, aggregation]);
    assertEquals(code, 0, stderr);
    const { heapBytes, rssBytes, ...counts } = JSON.parse(stdout);
    assertEquals(counts, { honest: 2_000, offered: 200_000, series: 1_000, overflowed: 199_001, longest: 256 });
    // A thousand values that held on to what they were cut from would be 64 MB, all that was offered 2 GB; how much of
    // its garbage V8 keeps at hand varies.
    assert(heapBytes < 8 * 2 ** 20, `the heap grew by ${heapBytes} bytes`);
    assert(rssBytes < 400 * 2 ** 20, `the process grew by ${rssBytes} bytes`);
  });
}
