import { assertEquals } from "@std/assert";
import { createMetrics } from "../../mod.ts";

/** The types of Hotpath's own families in an exposition, in their order. */
function typesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.startsWith("# TYPE hotpath_")).map((line) => line.slice(7));
}

const ALWAYS_FIRST = [
  "hotpath_recording_threads gauge",
  "hotpath_records_total counter",
  "hotpath_records_dropped_total counter",
  "hotpath_records_rejected_total counter",
  "hotpath_records_sampled_out_total counter",
  "hotpath_ring_occupancy_ratio gauge",
  "hotpath_drain_duration_seconds histogram",
  "hotpath_series gauge",
  "hotpath_series_usage_ratio gauge",
  "hotpath_series_overflowed_total counter",
  "hotpath_label_values_truncated_total counter",
  "hotpath_exemplars_rejected_total counter",
  "hotpath_exemplars_dropped_total counter",
  "hotpath_scrape_duration_seconds histogram",
  "hotpath_aggregator_restarts_total counter",
  "hotpath_records_lost_total counter",
];

Deno.test("Aggregator exposes what its parts count, in one order, and nothing of parts that are not used", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  assertEquals(typesOf(await metrics.scrape()), [...ALWAYS_FIRST, "hotpath_health_status gauge"]);
});

Deno.test("Aggregator exposes traces, their export and the sampling rates before the health", async () => {
  const traces = { endpoint: "http://127.0.0.1:9" };
  await using metrics = createMetrics({ aggregation: "inline", traces, sampling: { budget: 0.05 } });
  metrics.trace.run({ name: "order" }, () => {});
  assertEquals(typesOf(await metrics.scrape()), [
    ...ALWAYS_FIRST,
    "hotpath_spans_total counter",
    "hotpath_spans_dropped_total counter",
    "hotpath_traces_kept gauge",
    "hotpath_traces_evicted_total counter",
    "hotpath_trace_starts_unmatched_total counter",
    "hotpath_trace_ends_unmatched_total counter",
    "hotpath_spans_exported_total counter",
    "hotpath_spans_export_dropped_total counter",
    "hotpath_span_export_retries_total counter",
    "hotpath_sampling_rate gauge",
    "hotpath_overhead_ratio gauge",
    "hotpath_call_cost_seconds gauge",
    "hotpath_health_status gauge",
  ]);
});

Deno.test("Aggregator exposes the share of seriesMax in use, without overflow series", async () => {
  await using metrics = createMetrics({ aggregation: "inline", seriesMax: 4 });
  const jobs = metrics.counter("jobs", { labels: ["queue"] });
  const usages: (string | undefined)[] = [];
  for (const queues of [["a"], ["b", "c"], ["d", "e", "f"]]) {
    for (const queue of queues) jobs.with({ queue }).inc();
    usages.push((await metrics.scrape()).match(/^hotpath_series_usage_ratio (.+)$/m)?.[1]);
  }
  assertEquals(usages, ["0.25", "0.75", "1"]);
});
