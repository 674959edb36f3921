import { assert, assertAlmostEquals, assertEquals, assertGreaterOrEqual } from "@std/assert";
import type { Snapshot } from "../../mod.ts";
import { Program } from "../_support/cli/program.ts";
import { distributionOf } from "../_support/snapshots.ts";
import { type BusyReport, TICKS_PER_SECOND } from "../_support/peers/measured_program.ts";
import { runPeer, waitFor } from "../_support/peers/peer.ts";
import { exampleConfig, Prometheus, type QueryResult } from "../_support/peers/prometheus.ts";

const PAIRS = ["BTC-USD", "ETH-USD"];
const OPENMETRICS = "application/openmetrics-text;version=1.0.0";
/** How many of the ten scrapes a second apart have to succeed. */
const SCRAPES_MIN = 8;

/** Results by the values of labels. */
function byLabels(results: readonly QueryResult[], ...names: string[]): Record<string, number> {
  return Object.fromEntries(
    results.map(({ metric, value }) => [names.map((name) => metric[name]).join(" "), Number(value?.[1])]),
  );
}

Deno.test("promtool takes the example's configuration", async () => {
  const file = decodeURIComponent(new URL("../../examples/scraping/prometheus.yml", import.meta.url).pathname);
  const { code, said } = await runPeer("promtool", ["check", "config", "--lint=all", "--lint-fatal", file]);
  assertEquals(code, 0, said);
});

Deno.test("a Prometheus that scrapes by the example's configuration", async (t) => {
  await using program = new Program("tests/_support/peers/measured_program.ts", []);
  const url = await program.url();
  const config = await exampleConfig(new URL(url).host);
  // By protobuf, and by OpenMetrics: what is asked for first goes by whether native histograms are wanted.
  await using native = await Prometheus.start(config, ["native-histograms", "exemplar-storage"]);
  await using classic = await Prometheus.start(config, ["exemplar-storage"]);
  const both = { native, classic };
  for (const prometheus of [native, classic]) assertEquals(await prometheus.value("up"), 1);
  const snapshot: Snapshot = await (await fetch(`${url}/metrics.json`)).json();

  await t.step("has no error to show", async () => {
    for (const prometheus of [native, classic]) {
      const [{ scrapePool, health, lastError }, ...more] = await prometheus.targets();
      assertEquals({ scrapePool, health, lastError }, { scrapePool: "hotpath", health: "up", lastError: "" });
      assertEquals(more, []);
    }
  });

  await t.step("has the same quantiles of native histograms as the snapshot, within 1 %", async () => {
    for (const quantile of ["0.5", "0.9", "0.99", "0.999"]) {
      const results = await native.query(`histogram_quantile(${quantile}, order_execution_seconds)`);
      const quantiles = byLabels(results, "pair");
      assertEquals(Object.keys(quantiles).toSorted(), PAIRS);
      for (const pair of PAIRS) {
        const own = distributionOf(snapshot, "order_execution_seconds", { pair }).quantiles[quantile] ?? NaN;
        assertAlmostEquals(quantiles[pair], own, own / 100, `${quantile} of ${pair}`);
      }
    }
  });

  await t.step("has the same count and sum of native histograms", async () => {
    for (const { metric: { pair }, histogram } of await native.query("order_execution_seconds")) {
      const { count, sum } = distributionOf(snapshot, "order_execution_seconds", { pair });
      assertEquals([Number(histogram?.[1].count), Number(histogram?.[1].sum)], [count, sum]);
    }
  });

  await t.step("has the same classic buckets, count and sum", async () => {
    const counts = byLabels(await classic.query("order_execution_seconds_count"), "pair");
    const sums = byLabels(await classic.query("order_execution_seconds_sum"), "pair");
    for (const pair of PAIRS) {
      const { count, sum } = distributionOf(snapshot, "order_execution_seconds", { pair });
      assertEquals([counts[pair], sums[pair]], [count, sum]);
    }
    const { bucketCounts, count } = distributionOf(snapshot, "message_bytes");
    assertEquals(byLabels(await classic.query("message_bytes_bucket"), "le"), {
      "64.0": bucketCounts[0],
      "512.0": bucketCounts[1],
      "4096.0": bucketCounts[2],
      "+Inf": count,
    });
  });

  for (const [name, prometheus] of Object.entries(both)) {
    await t.step(`has the same counters, gauges and summaries, ${name}`, async () => {
      assertEquals(byLabels(await prometheus.query("orders_total"), "side"), { buy: 3, sell: 4.5 });
      assertEquals(await prometheus.value("profit_dollars"), -12.25);
      const quantiles = byLabels(await prometheus.query("wait_seconds"), "quantile");
      assertEquals(Object.keys(quantiles).toSorted(), ["0.5", "0.9", "0.99"]);
      assertEquals(await prometheus.value("wait_seconds_count"), 1_000);
    });
  }

  await t.step("gives back every exemplar of OpenMetrics", async () => {
    const text = await (await fetch(`${url}/metrics`, { headers: { accept: OPENMETRICS } })).text();
    const written = [...text.matchAll(/ # \{trace_id="([^"]+)"\} (\S+)/g)].map(([, id, value]) => `${id} ${value}`);
    const series = [
      ...await classic.exemplars("orders_total"),
      ...await classic.exemplars("order_execution_seconds_bucket"),
    ];
    const read = series.flatMap(({ exemplars }) => exemplars)
      .map(({ labels: { trace_id: id }, value }) => `${id} ${Number(value)}`);
    assertEquals(read.toSorted(), written.toSorted());
    assertGreaterOrEqual(new Set(read).size, 8);
    for (const { seriesLabels: { le = "+Inf" }, exemplars: [{ value }] } of series) {
      assert(Number(value) <= Number(le.replace("+Inf", "Infinity")), `${value} in the bucket up to ${le}`);
    }
  });

  await t.step("gives back exemplars of protobuf: this version takes one of a native histogram", async () => {
    const [orders, ...moreOrders] = await native.exemplars("orders_total");
    assertEquals(orders.exemplars.map(({ labels, value }) => [labels, value]), [[{ trace_id: "buy" }, "3"]]);
    assertEquals(moreOrders, []);
    const series = await native.exemplars("order_execution_seconds");
    assertEquals(series.map(({ seriesLabels: { pair } }) => pair).toSorted(), PAIRS);
    for (const { seriesLabels: { pair }, exemplars } of series) {
      assert(exemplars.every(({ labels }) => labels.trace_id.startsWith(`${pair}-`)), pair);
      assertGreaterOrEqual(exemplars.length, 1);
    }
  });

  await t.step("scrapes on while the measured thread is busy, and sees what it counts", async () => {
    program.send("SIGUSR2");
    const { fromMs, toMs }: BusyReport = JSON.parse(await program.line() ?? "");
    const seconds = Math.floor((toMs - fromMs) / 1_000);
    for (const [name, prometheus] of Object.entries(both)) {
      // The last scrapes of that time are stored a moment later.
      const ups = await waitFor(`a scrape by ${name} after ${toMs}`, async () => {
        const isOver = (await prometheus.query(`timestamp(up) * 1000 > ${toMs}`)).length > 0;
        return isOver ? (await prometheus.query(`up[${seconds}s]`, toMs))[0].values : undefined;
      });
      assertEquals(ups.filter(([, up]) => up !== "1"), [], name);
      assertGreaterOrEqual(ups.length, SCRAPES_MIN, name);
      const rate = await prometheus.value(`rate(ticks_total[${seconds - 1}s])`, toMs);
      assertAlmostEquals(rate, TICKS_PER_SECOND, TICKS_PER_SECOND / 20, name);
      assertEquals(await prometheus.value("hotpath_records_dropped_total"), 0, name);
    }
    const rate = await native.value(`histogram_count(rate(tick_seconds[${seconds - 1}s]))`, toMs);
    assertAlmostEquals(rate, TICKS_PER_SECOND, TICKS_PER_SECOND / 20);
  });
});
