/**
 * Traces of the aggregator: kept ones, and operations of which only one half has arrived.
 *
 * @module
 */

import type { MetricFamily } from "../../model/families.ts";
import type { SelfFamilies, SelfMeasured } from "../../model/self_metrics.ts";
import {
  checkTraceId,
  checkTraceQuery,
  type Span,
  type TraceCounts,
  type TraceDetail,
  type TraceList,
  type TraceQuery,
} from "../../model/spans.ts";
import { patientLimits, type TraceLimits } from "../../model/trace_limits.ts";
import { SpanJoin } from "./span_join.ts";
import { TraceStore } from "./trace_store.ts";

/** Traces of all threads. */
export class Traces implements SelfMeasured {
  /** Halves of operations that start on one thread and end on another. */
  readonly join: SpanJoin;
  readonly #store: TraceStore;
  readonly #onSpan: (span: Span) => void;

  /**
   * Starts without traces.
   *
   * @param nowMs Monotonic clock in milliseconds
   * @param drainIntervalMs Milliseconds between drains while rings are nearly empty
   * @param limits Limits of kept traces
   * @param onSpan Called with each span, with its time of day
   * @param originMs Returns the current origin of the times of spans, in milliseconds since the epoch
   */
  constructor(
    nowMs: () => number,
    drainIntervalMs: number,
    limits: TraceLimits,
    onSpan: (span: Span) => void = () => {},
    originMs: () => number = () => 0,
  ) {
    const patient = patientLimits(limits, drainIntervalMs);
    this.join = new SpanJoin(patient, nowMs);
    this.#store = new TraceStore(patient, nowMs, originMs);
    this.#onSpan = onSpan;
  }

  /** Totals. */
  get counts(): TraceCounts {
    return { ...this.#store.counts, ...this.join.counts };
  }

  selfMetrics(families: SelfFamilies): MetricFamily[] {
    const { spans, droppedSpans, traces, evictedTraces, waiting, startsWithoutEnd, endsWithoutStart } = this.counts;
    // Programs without traces do not need such metrics.
    if (spans + waiting + startsWithoutEnd + endsWithoutStart === 0) return [];
    return [
      families.counter("hotpath_spans_total", "Spans received", spans),
      families.counters("hotpath_spans_dropped_total", "Spans dropped, by reason", "reason", droppedSpans),
      families.gauge("hotpath_traces_kept", "Traces kept", traces),
      families.counter("hotpath_traces_evicted_total", "Traces evicted to make room for others", evictedTraces),
      families.counter(
        "hotpath_trace_starts_unmatched_total",
        "Starts whose end did not arrive in time",
        startsWithoutEnd,
      ),
      families.counter(
        "hotpath_trace_ends_unmatched_total",
        "Ends whose start did not arrive in time",
        endsWithoutStart,
      ),
    ];
  }

  /** Adds a span; returns it with its time of day, or `undefined` if its times are invalid. Never throws. */
  add(span: Span): Span | undefined {
    const dated = this.#store.add(span);
    this.#onSpan(dated ?? span);
    return dated;
  }

  /** Counts a span whose trace is unknown, because the record that names it was lost. */
  countOrphan(): void {
    this.#store.countOrphan();
  }

  /**
   * Finishes traces and gives up halves that have waited too long; must be called after each drain.
   *
   * @param isBehind Whether records published before the drain may remain: a half may wait for one of them
   */
  sweep(isBehind: boolean): void {
    this.#store.sweep();
    if (!isBehind) this.join.sweep();
  }

  /**
   * Returns the slowest and the recent traces, see `MetricsSource.listTraces`.
   *
   * @throws {TypeError} If the limit is not a number
   * @throws {RangeError} If the limit is out of range
   */
  list(query: TraceQuery = {}): TraceList {
    return { ...this.#store.list(checkTraceQuery(query)), unmatched: this.join.unmatched, counts: this.counts };
  }

  /**
   * Returns a trace with its stages, see `MetricsSource.findTrace`.
   *
   * @throws {TypeError} If the id is not a trace id
   */
  find(traceId: string): TraceDetail | undefined {
    return this.#store.get(checkTraceId(traceId));
  }
}
