/**
 * Offers 200,000 label sets with values of up to 64 KB, as a program does that takes them from what its clients send;
 * prints how much memory that took, and what the numbers are. `--v8-flags=--expose-gc` and the aggregation are
 * expected.
 *
 * @module
 */

import { createMetrics } from "../../../mod.ts";

const LABEL_SETS = 200_000;
const SERIES_MAX = 1_000;
const VALUE_BYTES_MAX = 65_536;
const VALUE_BYTES_MIN = 64;

const { gc } = globalThis as unknown as { readonly gc: () => void };
const bytes = new Uint8Array(VALUE_BYTES_MAX).fill("/".charCodeAt(0));
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A slice of a text without other references; those that get a separate series keep their length. */
function valueOf(i: number): string {
  const spread = VALUE_BYTES_MIN * (VALUE_BYTES_MAX / VALUE_BYTES_MIN) ** ((i % 97) / 97);
  encoder.encodeInto(`?${i}/`, bytes);
  return decoder.decode(bytes.subarray(0, i <= SERIES_MAX ? VALUE_BYTES_MAX : Math.floor(spread))).slice(1);
}

const metrics = createMetrics({ aggregation: Deno.args[0] as "inline" | "worker", seriesMax: SERIES_MAX });
await metrics.ready;
const honest = metrics.counter("orders_total", { labels: ["pair"] }).with({ pair: "BTC-USD" });
const requests = metrics.counter("requests_total", { labels: ["path"] });
await metrics.flush();
gc();
const before = Deno.memoryUsage();

for (let i = 0; i < LABEL_SETS; i++) {
  requests.with({ path: valueOf(i) }).inc();
  if (i % 100 === 0) honest.inc();
  if (i % 10_000 === 0) await metrics.flush();
}
await metrics.flush();
const { rss } = Deno.memoryUsage();
gc();
const { heapUsed } = Deno.memoryUsage();

const { metrics: [orders, paths], meta } = await metrics.snapshot();
const values = paths.series.map((each) => "value" in each ? each.value : NaN);
console.log(JSON.stringify({
  heapBytes: heapUsed - before.heapUsed,
  rssBytes: rss - before.rss,
  honest: "value" in orders.series[0] && orders.series[0].value,
  offered: values.reduce((sum, value) => sum + value),
  // All but the overflow series.
  series: meta.series - 1,
  overflowed: meta.overflowed,
  longest: Math.max(...paths.series.map(({ labels }) => labels.path?.length ?? 0)),
}));
await metrics.close();
