/**
 * Metrics for programs whose hot path is counted in nanoseconds: a recording thread only stores numbers into shared
 * memory, and everything that takes time happens on another thread.
 *
 * @example Count, measure, time, read
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics();
 *
 * const orders = metrics.counter("orders_total", { help: "Orders sent", labels: ["side"] });
 * const buys = orders.with({ side: "buy" });
 * const depth = metrics.gauge("queue_depth", { help: "Queued events" });
 * const execution = metrics.timer("order_execution", { help: "Signal to submission" });
 *
 * const start = execution.start();
 * buys.inc();
 * depth.set(12);
 * execution.end(start);
 *
 * const text = await metrics.scrape();
 * assertStringIncludes(text, 'orders_total{side="buy"} 1');
 * assertStringIncludes(text, "order_execution_seconds_count 1");
 * ```
 *
 * @module
 */

export {
  type HookedCache,
  instrumentCache,
  type InstrumentCacheOptions,
} from "./src/instrumentation/cache/instrument_cache.ts";
export type { CacheInstruments } from "./src/instrumentation/cache/cache_series.ts";
export { attachMetrics } from "./src/attach_metrics.ts";
export type { AttachedMetrics, AttachOptions } from "./src/api/attached_metrics.ts";
export type { Config } from "./src/config/layers.ts";
export type { Definitions, HealthLimits } from "./src/model/definitions.ts";
export type { Duration } from "./src/check/duration.ts";
export { HealthChangeEvent } from "./src/health/health_change_event.ts";
export type { HealthCheckOptions } from "./src/health/own_checks.ts";
export type { MetricsHealth } from "./src/health/program_health.ts";
export type { HealthOptions, LimitedCheck, ThresholdOptions, WindowThresholdOptions } from "./src/health/settings.ts";
export type { HealthCheck, HealthVerdict } from "./src/health/verdict.ts";
export type {
  CheckStatus,
  EventLoopHealth,
  Health,
  HealthChange,
  HealthCheckResult,
  HealthState,
  HealthStatus,
} from "./src/model/health_status.ts";
export { exponentialBuckets, exponentialBucketsRange, linearBuckets } from "./src/instrument/buckets.ts";
export { counted, type CountedDecorator } from "./src/instrument/counted.ts";
export type { Counter, CounterFamily, CounterOptions } from "./src/instrument/counter.ts";
export type { InstrumentFamily } from "./src/instrument/family.ts";
export type { Gauge, GaugeFamily, GaugeFamilyOptions, GaugeOptions } from "./src/instrument/gauge.ts";
export type { DistributionOptions, Histogram, HistogramFamily, HistogramOptions } from "./src/instrument/histogram.ts";
export type { InfoOptions } from "./src/instrument/info.ts";
export type { LabelSet, LabelValue } from "./src/instrument/labels.ts";
export type { SloOptions } from "./src/instrument/slo.ts";
export { SloBreachEvent, type SloBreachListener } from "./src/instrument/slo_breach_event.ts";
export type { Summary, SummaryFamily, SummaryOptions } from "./src/instrument/summary.ts";
export { timed, type TimedDecorator } from "./src/instrument/timed.ts";
export type { Timer, TimerFamily, TimerOptions } from "./src/instrument/timer.ts";
export type { TimerScope } from "./src/instrument/timer_scope.ts";
export type { Kpi } from "./src/model/kpi.ts";
export { createMetrics } from "./src/create_metrics.ts";
export type { Instrument, Metrics, MetricsEvents, MetricsListener, ScrapeOptions } from "./src/api/metrics.ts";
export type {
  InstrumentDiagnostics,
  PerformanceDiagnostics,
  SamplingDiagnostics,
  ThreadSampling,
} from "./src/model/diagnostics.ts";
export type {
  Definition,
  GaugeAggregator,
  InstrumentType,
  Labels,
  OverflowPolicy,
  SketchName,
  SloBreach,
  SloObjective,
  SummarySpec,
} from "./src/model/model.ts";
export type {
  Confidence,
  DistributionSeriesSnapshot,
  DistributionSnapshot,
  Interval,
  MetricSnapshot,
  Quantiles,
  ScalarSeriesSnapshot,
  ScalarSnapshot,
  SloSnapshot,
  Snapshot,
  SnapshotMeta,
  SummarySeriesSnapshot,
  SummarySnapshot,
  WindowSnapshot,
} from "./src/model/snapshot.ts";
export type { ExposeRequest, Exposition, MetricsSource } from "./src/model/source.ts";
export { noopMetrics } from "./src/noop_metrics.ts";
export type { TraceContext } from "./src/record/trace_context.ts";
export type { TraceOptions, Tracer } from "./src/trace/tracer.ts";
export { readTraceHeaders, type RemoteContext, type TraceParent, writeTraceHeaders } from "./src/trace/traceparent.ts";
export type { MetricsOptions } from "./src/config/options.ts";
export type { AggregateOptions } from "./src/config/settings/aggregate.ts";
export type { MainOptions } from "./src/config/settings/main.ts";
export type { RecordOptions } from "./src/config/settings/record.ts";
export type { SamplingOptions } from "./src/config/settings/sampling.ts";
export type { TraceExportOptions, TraceLimitOptions, TracesOptions } from "./src/config/settings/traces.ts";
export type { Clock, ClockName } from "./src/record/clock.ts";
export type {
  SpanDropReason,
  SpanExportCounts,
  SpanKind,
  TraceCounts,
  TraceDetail,
  TraceList,
  TraceQuery,
  TraceStage,
  TraceSummary,
  UnmatchedSpan,
} from "./src/model/spans.ts";
export type { RuntimeOptions } from "./src/model/runtime_choice.ts";
export type { MetricsPort } from "./src/api/metrics_port.ts";
export type { CircuitBreakerState } from "./src/instrumentation/sets/circuit_breaker.ts";
export {
  type ConnectionCounts,
  type ConnectionMetrics,
  connectionMetrics,
  type ConnectionMetricsOptions,
} from "./src/instrumentation/sets/connection.ts";
export { type TradingMetrics, tradingMetrics, type TradingMetricsOptions } from "./src/instrumentation/sets/trading.ts";
export {
  TRADING_KPIS,
  type TradingKpi,
  type TradingKpiName,
  type TradingLabel,
  type TradingThresholds,
} from "./src/instrumentation/sets/trading_kpis.ts";
export {
  type InstrumentedWebSocket,
  instrumentWebSocket,
  type WebSocketOptions,
} from "./src/instrumentation/websocket/instrument_websocket.ts";
export type { WebSocketMetrics, WebSocketRole } from "./src/instrumentation/websocket/socket_recorder.ts";
