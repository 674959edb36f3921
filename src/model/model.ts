/**
 * The words that all stages share: what an instrument is, and what one thread tells another about it.
 *
 * @module
 */

import type { Kpi } from "./kpi.ts";

/** The coarsest resolution of an exponential histogram. */
export const SCHEMA_MIN = -4;
/** The finest resolution of an exponential histogram. */
export const SCHEMA_MAX = 8;

/** Classic buckets of a histogram at most, `+Inf` left out. */
export const BUCKETS_COUNT_MAX = 256;

/** Label names and their values. */
export type Labels = Readonly<Record<string, string>>;

/** One measurement out of all, and where to read more about it, such as the id of its trace. */
export interface Exemplar {
  /** What leads to it, at most 128 code points, names and values together. */
  readonly labels: Labels;
  /** What was measured. */
  readonly value: number;
  /** When, in milliseconds since the epoch. */
  readonly timestampMs: number;
}

/** What a full ring does: give up its oldest records, or leave out the new one. */
export type OverflowPolicy = "overwrite-oldest" | "drop-newest";

/** What kind of instrument something is. */
export type InstrumentType = "counter" | "gauge" | "histogram" | "timer" | "summary";

/** How the values of one gauge on several threads make one. */
export type GaugeAggregator = "sum" | "last" | "min" | "max" | "average";

/** How the quantiles of a distribution are estimated. */
export type SketchName = "exponential" | "tdigest";

/** What stays the same for all series of an instrument. */
export interface Definition {
  /** What kind of instrument it is. */
  readonly type: InstrumentType;
  /** The name it was created with. */
  readonly name: string;
  /** The name it is exposed under: with unit and `_total` where they belong. */
  readonly exposedName: string;
  /** The name of its windows' summary, for histograms and timers. */
  readonly windowName: string;
  /** The start of its objective's names, for timers that have one. */
  readonly sloName?: string;
  /** The unit, in base units such as `seconds` and `bytes`; empty if it has none. */
  readonly unit: string;
  /** What it measures, in one sentence. */
  readonly help: string;
  /** The label names, in the order of a series' values. */
  readonly labelNames: readonly string[];
  /** Upper bounds of the classic buckets, ascending, without `+Inf`; empty for scalars. */
  readonly buckets: readonly number[];
  /** The resolution of the exponential histogram: 2^schema buckets to each power of two. */
  readonly schema: number;
  /** What values are counted in. */
  readonly sketch: SketchName;
  /** What its quantiles are, for summaries. */
  readonly summary?: SummarySpec;
  /** Whether every call is recorded whatever the sampling rate, and published at once. */
  readonly isCritical: boolean;
  /** Its objective, for timers that have one. */
  readonly slo?: SloObjective;
  /** How a gauge's values on several threads make one; `undefined` for everything else. */
  readonly aggregator?: GaugeAggregator;
}

/** Which quantiles a summary has, and of what. */
export interface SummarySpec {
  /** The sliding window that they are taken over: its name, `"1m"`, and its length. */
  readonly window: { readonly name: string; readonly lengthMs: number };
  /** The quantiles, 0 to 1, ascending. */
  readonly quantiles: readonly number[];
}

/** A service level objective. */
export interface SloObjective {
  /** The longest duration that keeps it, in seconds. */
  readonly thresholdSeconds: number;
  /** The share of durations that shall keep it, 0 to 1. */
  readonly target: number;
  /** Above which a violation is recorded whatever the sampling rate, in seconds; `undefined` if none is. */
  readonly criticalSeconds?: number;
}

/** What holds for instruments that do not say otherwise themselves. */
export interface InstrumentDefaults {
  /** Classic bounds of timers, in seconds. */
  readonly timerBuckets?: readonly number[];
  /** By timer: the objective. */
  readonly sloByTimer?: ReadonlyMap<string, SloObjective>;
}

/** What a series' violations came to since it was last told of them. */
export interface SloBreach {
  /** The exposed name of the timer. */
  readonly metric: string;
  /** The label set. */
  readonly labels: Labels;
  /** The objective's threshold, in seconds. */
  readonly thresholdSeconds: number;
  /** Durations above the threshold, exact. */
  readonly violations: number;
  /** The longest of them, in seconds. */
  readonly worstSeconds: number;
  /** When the last of them was aggregated, ISO 8601. */
  readonly timestamp: string;
}

/** What a thread offers a series. */
export interface SeriesExemplar {
  /** The series. */
  readonly series: number;
  /** The exemplar; `undefined` if the series has started again and has none any more. */
  readonly exemplar: Exemplar | undefined;
}

/** A label set got a series. */
export interface SeriesAnnouncement {
  /** What kind of news it is. */
  readonly kind: "series";
  /** Its id. */
  readonly series: number;
  /** The number of its instrument. */
  readonly instrument: number;
  /** One value a label name; empty for the overflow series. */
  readonly labelValues: readonly string[];
  /** Whether it is the series of all label sets past the cap. */
  readonly isOverflow: boolean;
  /** Where its cell is; `undefined` for what travels by ring. */
  readonly cell: { readonly chunk: number; readonly index: number } | undefined;
  /** When it was made, in milliseconds since the epoch; `undefined` for now, and for scalars, whose cells tell. */
  readonly createdMs?: number;
}

/** One thread's news about its instruments, in the order it happened. */
export type Announcement =
  /** An instrument was created. */
  | {
    readonly kind: "instrument";
    readonly instrument: number;
    readonly definition: Definition;
    /** Set if another thread has removed it since: what this one still records there is exposed nowhere. */
    readonly isRemoved?: true;
  }
  /** An instrument was removed, on all threads; its number is not used again. */
  | { readonly kind: "undefine"; readonly instrument: number }
  /**
   * A chunk of cells was added. Its memory and no view of it: a runtime that looks for ports in what it receives would
   * look at each element of a typed array, under a name of its own.
   */
  | { readonly kind: "chunk"; readonly chunk: number; readonly memory: ArrayBufferLike }
  | SeriesAnnouncement
  /** A distribution starts again under a new id; what its thread wrote under the old one counts no more. */
  | {
    readonly kind: "reset";
    readonly series: number;
    readonly newSeries: number;
    readonly head: number;
    /** When it was reset, in milliseconds since the epoch; `undefined` for now. */
    readonly createdMs?: number;
  }
  /** A series was removed; its id and its cell come back once the ring is read up to `head`. */
  | { readonly kind: "remove"; readonly series: number; readonly head: number }
  /** Key performance indicators were declared; the same name again replaces. */
  | { readonly kind: "kpis"; readonly kpis: readonly Kpi[] }
  /** Exemplars were offered, in this order. They are no part of what a series is: who starts late can do without. */
  | { readonly kind: "exemplars"; readonly exemplars: readonly SeriesExemplar[] };

/** How many native buckets a series may be exposed with, and what may be done about it. */
export interface BucketLimit {
  /** Buckets that hold any, on both sides of zero; `Infinity` for no limit. */
  readonly bucketsMax: number;
  /** How far from zero the zero bucket may reach when it is widened; 0 for never. */
  readonly zeroThresholdMax: number;
}
