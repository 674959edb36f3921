/**
 * Diagnostics: the state of Hotpath itself and of its instruments.
 *
 * @module
 */

import type { InstrumentType } from "./model.ts";
import type { Quantiles, SnapshotMeta } from "./snapshot.ts";
import type { SpanExportCounts } from "./spans.ts";

/** Identity and cost of an instrument. */
export interface InstrumentDiagnostics {
  /** Name that it was created with. */
  readonly name: string;
  /** Exposed name. */
  readonly exposedName: string;
  /** Type of the instrument. */
  readonly type: InstrumentType;
  /** Label names. */
  readonly labelNames: readonly string[];
  /** Number of series. */
  readonly series: number;
  /** Missing prerequisite of the program, such as a permission; `undefined` if nothing is missing. */
  readonly needs?: string;
}

/** State of the data path. */
export interface PerformanceDiagnostics {
  /**
   * Outcomes of spans exported by OTLP, and the reason of the last failed request; absent if spans are not exported by
   * OTLP.
   */
  readonly traceExport?: SpanExportCounts & { readonly lastFailure: string | null };
  /** Outcomes of another kind of export, named after it. */
  readonly [kind: `${string}Export`]: SpanExportCounts & { readonly lastFailure: string | null } | undefined;
  /** State of the computed sampling rates; absent if the rates are constant. */
  readonly sampling?: SamplingDiagnostics;
  /** Place of the aggregation. */
  readonly aggregation: "worker" | "inline";
  /** Clock of the timers. */
  readonly clock: string;
  /** Number of records that a ring holds. */
  readonly ringCapacity: number;
  /** Occupancy of the fullest ring, 0 to 1. */
  readonly ringOccupancyRatio: number;
  /** Milliseconds between two drains at low load. */
  readonly drainIntervalMs: number;
  /** Number of drains. */
  readonly drains: number;
  /** Durations of drains that found records, in seconds. */
  readonly drainDurationSeconds: Quantiles;
  /** Times to encode scrapes, in seconds. */
  readonly scrapeDurationSeconds: Quantiles;
  /** Totals. */
  readonly meta: SnapshotMeta;
  /** Values that were rejected, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** Number of restarts of the aggregator after a failure. */
  readonly aggregatorRestarts: number;
  /** Records aggregated before those failures, which distributions lost and counters and gauges did not. */
  readonly histogramRecordsLost: number;
}

/** Cost of calls on this machine, with this clock. */
export interface CallCost {
  /** Seconds of a recorded timing while all timings are recorded. */
  readonly recordedSeconds: number;
  /** Seconds of a recorded timing while most are sampled out, which the processor mispredicts. */
  readonly sampledSeconds: number;
  /** Seconds of a timing that is sampled out. */
  readonly skippedSeconds: number;
}

/** Computed sampling rate of a thread. */
export interface ThreadSampling {
  /** Name of the thread: `"main"`, or `"worker-1"` and so on. */
  readonly thread: string;
  /** Share of its calls that are recorded, 0 to 1. */
  readonly rate: number;
  /** Recordable calls per second. */
  readonly eventsPerSecond: number;
  /** Share of one core that recording takes; `null` until the cost of calls is known. */
  readonly overheadRatio: number | null;
}

/** Computed sampling rates at this moment. */
export interface SamplingDiagnostics {
  /** Share of calls that are recorded, 0 to 1, on the thread where it is lowest. */
  readonly rate: number;
  /** Share that the program has set. */
  readonly ceiling: number;
  /** Lowest rate. */
  readonly min: number;
  /** Highest rate. */
  readonly max: number;
  /** Share of one core that recording may take on each thread; `null` without a budget. */
  readonly budget: number | null;
  /** Recordable calls per second on all threads. */
  readonly eventsPerSecond: number;
  /** Share of one core that recording takes on the busiest thread; `null` until the cost of calls is known. */
  readonly overheadRatio: number | null;
  /**
   * Seconds of a timing while all are recorded, measured on the thread that created the metrics; `null` until then.
   */
  readonly recordedCallSeconds: number | null;
  /** Seconds of a recorded timing while most others are sampled out. */
  readonly sampledCallSeconds: number | null;
  /** Seconds of a timing that is sampled out. */
  readonly skippedCallSeconds: number | null;
  /** Rates of all recording threads. */
  readonly threads: readonly ThreadSampling[];
}
