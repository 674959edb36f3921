/**
 * What Hotpath tells about itself and about its instruments.
 *
 * @module
 */

import type { InstrumentType } from "./model.ts";
import type { Quantiles, SnapshotMeta } from "./snapshot.ts";
import type { SpanExportCounts } from "./spans.ts";

/** What an instrument costs and is. */
export interface InstrumentDiagnostics {
  /** The name it was created with. */
  readonly name: string;
  /** The name it is exposed under. */
  readonly exposedName: string;
  /** What kind of instrument. */
  readonly type: InstrumentType;
  /** Its label names. */
  readonly labelNames: readonly string[];
  /** How many series it has. */
  readonly series: number;
  /** What the program lacks for it to be there, such as a permission; `undefined` if nothing. */
  readonly needs?: string;
}

/** How the data path does. */
export interface PerformanceDiagnostics {
  /** What became of spans that were to be exported, and why the last request was not taken; absent if none are. */
  readonly traceExport?: SpanExportCounts & { readonly lastFailure: string | null };
  /** How sampling rates set themselves; absent if they do not. */
  readonly sampling?: SamplingDiagnostics;
  /** Where aggregation happens. */
  readonly aggregation: "worker" | "inline";
  /** The timers' clock. */
  readonly clock: string;
  /** Records a ring holds. */
  readonly ringCapacity: number;
  /** How full the fullest ring is, 0 to 1. */
  readonly ringOccupancyRatio: number;
  /** Milliseconds between two drains when little happens. */
  readonly drainIntervalMs: number;
  /** Drains so far. */
  readonly drains: number;
  /** How long drains that found records took, in seconds. */
  readonly drainDurationSeconds: Quantiles;
  /** How long scrapes took to encode, in seconds. */
  readonly scrapeDurationSeconds: Quantiles;
  /** Totals. */
  readonly meta: SnapshotMeta;
  /** Values refused, by reason. */
  readonly rejected: Readonly<Record<string, number>>;
  /** How many times the aggregator was started again after a failure. */
  readonly aggregatorRestarts: number;
  /** Records that had been aggregated before those failures: the distributions began again, counters and gauges did not. */
  readonly histogramRecordsLost: number;
}

/** What calls cost on this machine, with this clock. */
export interface CallCost {
  /** Seconds that a timing takes which is recorded, while all are. */
  readonly recordedSeconds: number;
  /** Seconds that one takes which is recorded while most others are left out, which the processor did not foresee. */
  readonly sampledSeconds: number;
  /** Seconds that one takes which sampling leaves out. */
  readonly skippedSeconds: number;
}

/** How a thread's sampling rate has set itself. */
export interface ThreadSampling {
  /** `"main"`, or `"worker-1"` and so on. */
  readonly thread: string;
  /** The share of its calls that are recorded. */
  readonly rate: number;
  /** Calls a second that could be recorded. */
  readonly eventsPerSecond: number;
  /** The share of one core that recording takes; `null` until it is known what calls cost. */
  readonly overheadRatio: number | null;
}

/** How sampling rates set themselves, at this moment. */
export interface SamplingDiagnostics {
  /** The share of calls that are recorded, on the thread where it is lowest. */
  readonly rate: number;
  /** The share that the program has asked for. */
  readonly ceiling: number;
  /** The least rate. */
  readonly min: number;
  /** The highest rate. */
  readonly max: number;
  /** The share of one core that recording may take on each thread; `null` if nothing says. */
  readonly budget: number | null;
  /** Calls a second that could be recorded, of all threads. */
  readonly eventsPerSecond: number;
  /** The share of one core that recording takes, on the thread where it takes most; `null` until costs are known. */
  readonly overheadRatio: number | null;
  /** What a timing takes while all are recorded, as measured on the thread that made the metrics; `null` before that. */
  readonly recordedCallSeconds: number | null;
  /** What one takes that is recorded while most others are left out. */
  readonly sampledCallSeconds: number | null;
  /** What one takes that sampling leaves out. */
  readonly skippedCallSeconds: number | null;
  /** All threads that record. */
  readonly threads: readonly ThreadSampling[];
}
