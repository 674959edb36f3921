/**
 * Types that all stages share: instruments, series, and the announcements of recording threads.
 *
 * @module
 */

import type { Kpi } from "./kpi.ts";

/** Coarsest resolution of an exponential histogram. */
export const SCHEMA_MIN = -4;
/** Finest resolution of an exponential histogram. */
export const SCHEMA_MAX = 8;

/** Maximum number of classic buckets of a histogram, excluding `+Inf`. */
export const BUCKETS_COUNT_MAX = 256;

/** Values of labels by their names. */
export type Labels = Readonly<Record<string, string>>;

/** Exemplar: one measurement, with labels that refer to its context, such as a trace id. */
export interface Exemplar {
  /** Labels, at most 128 code points in total, names and values together. */
  readonly labels: Labels;
  /** Measured value. */
  readonly value: number;
  /** Time in milliseconds since the epoch. */
  readonly timestampMs: number;
}

/** Policy of a full ring: drop its oldest records, or the new one. */
export type OverflowPolicy = "overwrite-oldest" | "drop-newest";

/** Type of an instrument. */
export type InstrumentType = "counter" | "gauge" | "histogram" | "timer" | "summary";

/** Rule that combines the values of a gauge on several threads. */
export type GaugeAggregator = "sum" | "last" | "min" | "max" | "average";

/** Sketch that estimates the quantiles of a distribution. */
export type SketchName = "exponential" | "tdigest";

/** Definition of an instrument: properties shared by all its series. */
export interface Definition {
  /** Type of the instrument. */
  readonly type: InstrumentType;
  /** Name that it was created with. */
  readonly name: string;
  /** Exposed name, with unit and `_total` where required. */
  readonly exposedName: string;
  /** Name of its windows' summary, for histograms and timers. */
  readonly windowName: string;
  /** Beginning of its objective's names, for timers that have one. */
  readonly sloName?: string;
  /** Unit, in base units such as `seconds` and `bytes`; empty if it has none. */
  readonly unit: string;
  /** Description of what it measures, in one sentence. */
  readonly help: string;
  /** Label names, in the order of a series' values. */
  readonly labelNames: readonly string[];
  /** Upper bounds of the classic buckets, ascending, without `+Inf`; empty for scalars. */
  readonly buckets: readonly number[];
  /** Resolution of the exponential histogram: 2^schema buckets to each power of two. */
  readonly schema: number;
  /** Sketch of its distributions. */
  readonly sketch: SketchName;
  /** Window and quantiles, for summaries. */
  readonly summary?: SummarySpec;
  /** Whether every call is recorded whatever the sampling rate, and published at once. */
  readonly isCritical: boolean;
  /** Objective, for timers that have one. */
  readonly slo?: SloObjective;
  /** Rule that combines a gauge's values on several threads; `undefined` for other types. */
  readonly aggregator?: GaugeAggregator;
}

/** Quantiles of a summary, and the window that they are taken over. */
export interface SummarySpec {
  /** Sliding window: its name, `"1m"`, and its length. */
  readonly window: { readonly name: string; readonly lengthMs: number };
  /** Quantiles, 0 to 1, ascending. */
  readonly quantiles: readonly number[];
}

/** Service level objective. */
export interface SloObjective {
  /** Longest duration within the objective, in seconds. */
  readonly thresholdSeconds: number;
  /** Share of durations that should be within the objective, 0 to 1. */
  readonly target: number;
  /** Duration in seconds above which a violation is always recorded; `undefined` without one. */
  readonly criticalSeconds?: number;
}

/** Defaults of instruments. */
export interface InstrumentDefaults {
  /** Classic bounds of timers, in seconds. */
  readonly timerBuckets?: readonly number[];
  /** Objectives by the names of timers. */
  readonly sloByTimer?: ReadonlyMap<string, SloObjective>;
}

/** Violations of a series since listeners were last notified of them. */
export interface SloBreach {
  /** Exposed name of the timer. */
  readonly metric: string;
  /** Label set. */
  readonly labels: Labels;
  /** Threshold of the objective, in seconds. */
  readonly thresholdSeconds: number;
  /** Number of durations above the threshold, exact. */
  readonly violations: number;
  /** Longest of these durations, in seconds. */
  readonly worstSeconds: number;
  /** Time at which the last of them was aggregated, ISO 8601. */
  readonly timestamp: string;
}

/** Exemplar that a thread offers for a series. */
export interface SeriesExemplar {
  /** Id of the series. */
  readonly series: number;
  /** Exemplar; `undefined` if the series was reset and has none. */
  readonly exemplar: Exemplar | undefined;
}

/** Announcement of the series of a label set. */
export interface SeriesAnnouncement {
  /** Kind of announcement. */
  readonly kind: "series";
  /** Id of the series. */
  readonly series: number;
  /** Number of its instrument. */
  readonly instrument: number;
  /** Values of its labels, in order; empty for the overflow series. */
  readonly labelValues: readonly string[];
  /** Whether it is the overflow series, for all label sets past the limit. */
  readonly isOverflow: boolean;
  /** Position of its cell; `undefined` for values that travel by ring. */
  readonly cell: { readonly chunk: number; readonly index: number } | undefined;
  /** Time of creation in milliseconds since the epoch; `undefined` for now, and for scalars, whose cells hold it. */
  readonly createdMs?: number;
}

/** Announcement of a recording thread about its instruments; the order matters. */
export type Announcement =
  /** Created instrument. */
  | {
    readonly kind: "instrument";
    readonly instrument: number;
    readonly definition: Definition;
    /** Whether another thread has removed it since; further records of this thread are discarded. */
    readonly isRemoved?: true;
  }
  /** Instrument removed on all threads; its number is not reused. */
  | { readonly kind: "undefine"; readonly instrument: number }
  /**
   * Added chunk of cells. Carries the memory, not a view of it: a runtime that searches a message for ports would
   * visit each element of a typed array as a property.
   */
  | { readonly kind: "chunk"; readonly chunk: number; readonly memory: ArrayBufferLike }
  | SeriesAnnouncement
  /** Distribution that was reset under a new id; records under the old one no longer count. */
  | {
    readonly kind: "reset";
    readonly series: number;
    readonly newSeries: number;
    readonly head: number;
    /** Time of the reset in milliseconds since the epoch; `undefined` for now. */
    readonly createdMs?: number;
  }
  /** Removed series; its id and its cell are free again once the ring is read up to `head`. */
  | { readonly kind: "remove"; readonly series: number; readonly head: number }
  /** Declared key performance indicators; one with a known name replaces it. */
  | { readonly kind: "kpis"; readonly kpis: readonly Kpi[] }
  /**
   * Offered exemplars, in order. They are not part of a series, so an aggregator that starts later does not receive
   * them.
   */
  | { readonly kind: "exemplars"; readonly exemplars: readonly SeriesExemplar[] };

/** Limit on the native buckets of a series. */
export interface BucketLimit {
  /** Maximum number of populated buckets, on both sides of zero; `Infinity` for no limit. */
  readonly bucketsMax: number;
  /** Maximum zero threshold when the zero bucket is widened; 0 for never. */
  readonly zeroThresholdMax: number;
}
