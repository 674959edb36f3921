/**
 * Hotpath's metrics about itself.
 *
 * @module
 */

import type { MetricFamily, ScalarPoint } from "../model/families.ts";
import type { SamplingDiagnostics } from "../model/diagnostics.ts";
import type { Labels } from "../model/model.ts";
import type { SnapshotMeta } from "../model/snapshot.ts";
import type { SpanExportCounts, TraceCounts } from "../model/spans.ts";
import { classicBounds } from "./series/classic_buckets.ts";
import { Distribution, type DistributionSpec } from "./series/distribution.ts";
import { planWindows } from "../sketch/sliding_window.ts";
import type { PreviousRun } from "./series/previous_run.ts";

const DURATION_BUCKETS: readonly number[] = [1e-5, 1e-4, 0.001, 0.01, 0.1, 1];
const SCHEMA = 6;
const SPEC: DistributionSpec = {
  schema: SCHEMA,
  classic: classicBounds(DURATION_BUCKETS, SCHEMA),
  plan: planWindows([]),
};

const NO_LABELS: Labels = Object.freeze({});
/** The owner of all label sets that are made anew for each scrape. */
const SELF = {};

/** What the aggregator does, timed. */
export class SelfTimings {
  /** Drains that found records. */
  readonly drain: Distribution = new Distribution({}, SPEC, 0);
  /** Encoding of scrapes. */
  readonly scrape: Distribution = new Distribution({}, SPEC, 0);
}

/** The state that self-metrics are written from. */
export interface SelfState {
  /** When the metrics were created, in milliseconds since the epoch. */
  readonly createdMs: number;
  /** Totals. */
  readonly meta: SnapshotMeta;
  /** Values refused, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Label values that were cut. */
  readonly labelValuesTruncated: number;
  /** Exemplars refused, by reason, and those that gave way to others. */
  readonly exemplars: { readonly rejected: Readonly<Record<string, number>>; readonly dropped: number };
  /** How full the fullest ring is, 0 to 1. */
  readonly occupancyRatio: number;
  /** What was timed. */
  readonly timings: SelfTimings;
  /** What was before. */
  readonly previous: PreviousRun;
  /** Records that were lost with those before it. */
  readonly recordsLost: number;
  /** What is known of traces. */
  readonly traces: TraceCounts;
  /** What became of spans that were to be exported, if they are. */
  readonly traceExport: SpanExportCounts | undefined;
  /** How sampling rates set themselves, if they do. */
  readonly sampling: SamplingDiagnostics | undefined;
  /** How bad the health is, 0 to 3. */
  readonly healthSeverity: number;
  /** Clients of live feeds and what they have lost, once there was one. */
  readonly live: { readonly clients: number; readonly framesLost: number } | undefined;
}

/** The self-metrics at this moment. */
export function selfMetrics(state: SelfState): MetricFamily[] {
  const {
    createdMs,
    meta,
    rejected,
    labelValuesTruncated,
    exemplars,
    occupancyRatio,
    timings,
    previous,
    recordsLost,
    traces,
    traceExport,
    sampling,
    healthSeverity,
    live,
  } = state;
  const counter = (name: string, help: string, value: number) =>
    scalar("counter", name, help, [{ labels: NO_LABELS, value, createdMs }]);
  const gauge = (name: string, help: string, value: number) =>
    scalar("gauge", name, help, [{ labels: NO_LABELS, value }]);
  const byReason = (name: string, help: string, counts: Readonly<Record<string, number>>) =>
    scalar(
      "counter",
      name,
      help,
      Object.entries(counts).map(([reason, value]) => ({ labels: { reason }, value, createdMs })),
    );
  const ofTraces = () => [
    counter("hotpath_spans_total", "Spans that came", traces.spans),
    byReason("hotpath_spans_dropped_total", "Spans that were dropped, by reason", traces.droppedSpans),
    gauge("hotpath_traces_kept", "Traces that are kept", traces.traces),
    counter("hotpath_trace_starts_unmatched_total", "Starts whose end did not come in time", traces.startsWithoutEnd),
    counter("hotpath_trace_ends_unmatched_total", "Ends whose start did not come in time", traces.endsWithoutStart),
  ];
  const ofExport = ({ exported, dropped, retries }: SpanExportCounts) => [
    counter("hotpath_spans_exported_total", "Spans that the collector took", exported),
    byReason("hotpath_spans_export_dropped_total", "Spans that the collector did not get, by reason", { ...dropped }),
    counter("hotpath_span_export_retries_total", "Requests to the collector that were sent again", retries),
  ];
  const ofSampling = (
    { threads, overheadRatio, recordedCallSeconds, sampledCallSeconds, skippedCallSeconds }: SamplingDiagnostics,
  ) => [
    scalar(
      "gauge",
      "hotpath_sampling_rate",
      "Share of a thread's calls that are recorded",
      threads.map(({ thread, rate }) => ({ labels: { thread }, value: rate })),
    ),
    gauge(
      "hotpath_overhead_ratio",
      "Share of one core that recording takes, on the thread where it takes most",
      overheadRatio ?? NaN,
    ),
    scalar("gauge", "hotpath_call_cost_seconds", "What a timing costs on the thread that made the metrics", [
      { labels: { outcome: "recorded" }, value: recordedCallSeconds ?? NaN },
      { labels: { outcome: "sampled" }, value: sampledCallSeconds ?? NaN },
      { labels: { outcome: "skipped" }, value: skippedCallSeconds ?? NaN },
    ]),
  ];
  const ofLive = ({ clients, framesLost }: NonNullable<SelfState["live"]>) => [
    gauge("hotpath_live_clients", "Clients that metrics are sent to live", clients),
    counter("hotpath_live_frames_lost_total", "Frames that live clients have lost by being slow", framesLost),
  ];
  return [
    counter("hotpath_records_total", "Records taken from the rings", meta.recorded),
    counter("hotpath_records_dropped_total", "Records lost to a full ring", meta.dropped),
    byReason("hotpath_records_rejected_total", "Values refused, by reason", rejected),
    counter("hotpath_records_sampled_out_total", "Records left out by sampling", meta.sampledOut),
    gauge("hotpath_ring_occupancy_ratio", "How full the fullest ring was when the scrape came", occupancyRatio),
    durations("hotpath_drain_duration_seconds", "Time of a drain that found records", timings.drain),
    gauge("hotpath_series", "Series that exist", meta.series),
    counter("hotpath_series_overflowed_total", "Label sets sent to an overflow series", meta.overflowed),
    counter(
      "hotpath_label_values_truncated_total",
      "Label values that were cut for their length",
      labelValuesTruncated,
    ),
    byReason("hotpath_exemplars_rejected_total", "Exemplars refused, by reason", exemplars.rejected),
    counter("hotpath_exemplars_dropped_total", "Exemplars that gave way to others on their thread", exemplars.dropped),
    durations("hotpath_scrape_duration_seconds", "Time to encode a scrape", timings.scrape),
    counter("hotpath_aggregator_restarts_total", "Times the aggregator was started again", previous.restarts),
    counter("hotpath_records_lost_total", "Records lost with an aggregator that failed", recordsLost),
    ...(hasTraces(traces) ? ofTraces() : []),
    ...(traceExport === undefined ? [] : ofExport(traceExport)),
    ...(sampling === undefined ? [] : ofSampling(sampling)),
    gauge(
      "hotpath_health_status",
      "How things go: 0 is HEALTHY, 1 DEGRADED, 2 UNHEALTHY, 3 CRITICAL",
      healthSeverity,
    ),
    ...(live === undefined ? [] : ofLive(live)),
  ];
}

/** Programs without traces need not hear of them. */
function hasTraces({ spans, waiting, startsWithoutEnd, endsWithoutStart }: TraceCounts): boolean {
  return spans + waiting + startsWithoutEnd + endsWithoutStart > 0;
}

function scalar(type: "counter" | "gauge", name: string, help: string, points: readonly ScalarPoint[]): MetricFamily {
  return { type, name, unit: "", help, owner: SELF, points };
}

function durations(name: string, help: string, distribution: Distribution): MetricFamily {
  return {
    type: "histogram",
    name,
    unit: "seconds",
    help,
    owner: distribution,
    bounds: DURATION_BUCKETS,
    points: [distribution],
  };
}
