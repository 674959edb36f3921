/**
 * The words that all stages share: what an instrument is, what one thread tells another about it,
 * and the immutable snapshot that every exposition is written from.
 *
 * @module
 */

import type { Definitions } from "./definitions.ts";
import type { Exemplar } from "./families.ts";
import type { Kpi } from "./kpi.ts";
import type { SpanExportCounts, TraceDetail, TraceList, TraceQuery } from "./spans.ts";
import type { Health } from "./health_status.ts";

/** The coarsest resolution of an exponential histogram. */
export const SCHEMA_MIN = -4;
/** The finest resolution of an exponential histogram. */
export const SCHEMA_MAX = 8;

/** Classic buckets of a histogram at most, `+Inf` left out. */
export const BUCKETS_COUNT_MAX = 256;

/** Label names and their values. */
export type Labels = Readonly<Record<string, string>>;

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
  | { readonly kind: "instrument"; readonly instrument: number; readonly definition: Definition }
  /** A chunk of cells was added. */
  | { readonly kind: "chunk"; readonly chunk: number; readonly cells: Float64Array }
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

/** Quantiles of a distribution, by `"0.5"`, `"0.9"`, …; `null` where nothing was recorded. */
export type Quantiles = Readonly<Record<string, number | null>>;

/** A range that holds the truth about as often as its level says; a bound is `null` where too little was recorded. */
export type Interval = readonly [low: number | null, high: number | null];

/** How far estimates from sampled records may be from what all calls would have given. */
export interface Confidence {
  /** The share of calls that were recorded, estimated from how many calls each record stands for. */
  readonly samplingRate: number;
  /** How often, of all such intervals, the truth lies inside: 0.95. */
  readonly level: number;
  /**
   * The mean's interval. It takes the mean of a sample to be normally distributed, which long tails are slow to become:
   * on log-normal values it holds, on a Pareto distribution near an infinite variance it holds far too seldom.
   */
  readonly mean: Interval;
  /** Intervals of the quantiles, by `"0.5"`, `"0.9"`, … */
  readonly quantiles: Readonly<Record<string, Interval>>;
}

/** What a sliding window holds. */
export interface WindowSnapshot {
  /** Values in the window. */
  readonly count: number;
  /** Values a second: the count over the window's length. */
  readonly rate: number;
  /** Their mean, `null` if there are none. */
  readonly mean: number | null;
  /** The largest, exact; `null` if there are none. */
  readonly max: number | null;
  /** Their quantiles. */
  readonly quantiles: Quantiles;
  /** Values above the threshold of the timer's objective, if it has one. */
  readonly violations?: number;
  /** How sure mean and quantiles are; only if the window holds a record that stands for several calls. */
  readonly confidence?: Confidence;
}

/** A counter's or gauge's series. */
export interface ScalarSeriesSnapshot {
  /** The label set. */
  readonly labels: Labels;
  /** The value, exact. */
  readonly value: number;
}

/** How a timer's series keeps its service level objective. */
export interface SloSnapshot extends SloObjective {
  /** Durations above the threshold, exact. */
  readonly violations: number;
  /** The share of durations at or below the threshold; `null` if there are none. */
  readonly compliance: number | null;
  /**
   * By window: its share of violations over the share that the target allows. At 1 the error budget lasts exactly as
   * long as it should; `null` if the window is empty.
   */
  readonly burnRate: Readonly<Record<string, number | null>>;
}

/** A histogram's or timer's series. */
export interface DistributionSeriesSnapshot {
  /** The label set. */
  readonly labels: Labels;
  /** Values recorded, exact. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** The smallest, exact; `null` if there is none. */
  readonly min: number | null;
  /** The largest, exact; `null` if there is none. */
  readonly max: number | null;
  /** Their mean; `null` if there are none. */
  readonly mean: number | null;
  /** Quantiles over the series' whole life. */
  readonly quantiles: Quantiles;
  /** The sliding windows, by `"1s"`, `"5s"`, … */
  readonly windows: Readonly<Record<string, WindowSnapshot>>;
  /** Values at or below each of the metric's {@linkcode DistributionSnapshot.buckets}, cumulative and exact. */
  readonly bucketCounts: readonly number[];
  /** Its objective, if its timer has one. */
  readonly slo?: SloSnapshot;
}

/** A counter or gauge and its series. */
export interface ScalarSnapshot {
  /** The exposed name. */
  readonly name: string;
  /** Counter or gauge. */
  readonly type: "counter" | "gauge";
  /** The unit, empty if it has none. */
  readonly unit: string;
  /** What it measures. */
  readonly help: string;
  /** Its series. */
  readonly series: readonly ScalarSeriesSnapshot[];
}

/** A histogram or timer and its series. */
export interface DistributionSnapshot {
  /** The exposed name. */
  readonly name: string;
  /** Timers are histograms of seconds. */
  readonly type: "histogram";
  /** The unit, empty if it has none. */
  readonly unit: string;
  /** What it measures. */
  readonly help: string;
  /** The name of the windows' quantiles in text. */
  readonly windowName: string;
  /** The start of the objective's names in text, for timers that have one. */
  readonly sloName?: string;
  /** Upper bounds of the classic buckets, without `+Inf`. */
  readonly buckets: readonly number[];
  /** Its series. */
  readonly series: readonly DistributionSeriesSnapshot[];
}

/** A summary's series. */
export interface SummarySeriesSnapshot {
  /** The label set. */
  readonly labels: Labels;
  /** Values recorded since the start, exact. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** The smallest of them, exact; `null` if there is none. */
  readonly min: number | null;
  /** The largest, exact; `null` if there is none. */
  readonly max: number | null;
  /** Their mean; `null` if there are none. */
  readonly mean: number | null;
  /** Quantiles over the summary's window. */
  readonly quantiles: Quantiles;
  /** The window, by its name. */
  readonly windows: Readonly<Record<string, WindowSnapshot>>;
}

/** A summary and its series. */
export interface SummarySnapshot {
  /** The exposed name. */
  readonly name: string;
  /** Quantiles over a window, count and sum since the start. */
  readonly type: "summary";
  /** The unit, empty if it has none. */
  readonly unit: string;
  /** What it measures. */
  readonly help: string;
  /** The name of the window that the quantiles are taken over. */
  readonly window: string;
  /** Its series. */
  readonly series: readonly SummarySeriesSnapshot[];
}

/** An instrument and all its series at one moment. */
export type MetricSnapshot = ScalarSnapshot | DistributionSnapshot | SummarySnapshot;

/** Totals over everything. */
export interface SnapshotMeta {
  /** Records that came through the rings. */
  readonly recorded: number;
  /** Records lost to a full ring. */
  readonly dropped: number;
  /** Records left out by sampling. */
  readonly sampledOut: number;
  /** Series that exist, Hotpath's own not among them. */
  readonly series: number;
  /** Times a label set went to an overflow series. */
  readonly overflowed: number;
}

/** All metrics at one moment. */
export interface Snapshot {
  /** When, ISO 8601. */
  readonly timestamp: string;
  /** Seconds since the metrics were created. */
  readonly uptimeSeconds: number;
  /** The metrics, in the order they were created; Hotpath's own are only in the text formats. */
  readonly metrics: readonly MetricSnapshot[];
  /** Totals. */
  readonly meta: SnapshotMeta;
}

/** How many native buckets a series may be exposed with, and what may be done about it. */
export interface BucketLimit {
  /** Buckets that hold any, on both sides of zero; `Infinity` for no limit. */
  readonly bucketsMax: number;
  /** How far from zero the zero bucket may reach when it is widened; 0 for never. */
  readonly zeroThresholdMax: number;
}

/** What a scrape asks for. */
export interface ExposeRequest {
  /** The value of an HTTP `Accept` header; without it, Prometheus text. */
  readonly accept?: string;
  /** The exposed names of what is wanted; everything if there are none. */
  readonly names?: readonly string[];
}

/** What a scrape gives. */
export interface Exposition {
  /** The text, UTF-8, or protobuf messages. */
  readonly body: Uint8Array<ArrayBuffer>;
  /** Its media type. */
  readonly contentType: string;
}

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
  /** Seconds that a timing takes which is recorded. */
  readonly recordedSeconds: number;
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
  /** What a timing takes that is recorded, as measured on the thread that made the metrics; `null` before that. */
  readonly recordedCallSeconds: number | null;
  /** What one takes that sampling leaves out. */
  readonly skippedCallSeconds: number | null;
  /** All threads that record. */
  readonly threads: readonly ThreadSampling[];
}

/** What can be scraped: the metrics of this thread, or the aggregator itself. */
export interface MetricsSource {
  /** The exposition in the format that is accepted. */
  expose(request: ExposeRequest): Promise<Exposition>;
  /**
   * Tells that nobody reads the body of an exposition any more, so that the next one may be written over it. Nothing has
   * to tell; bodies are garbage as any other then.
   */
  reuse?(exposition: Exposition): void;
  /** Everything at this moment. */
  snapshot(): Promise<Snapshot>;
  /** How well things go. */
  health(): Promise<Health>;
  /** The instruments and their series. */
  instruments(): Promise<readonly InstrumentDiagnostics[]>;
  /** What the program has said of what it measures. */
  definitions(): Promise<Definitions>;
  /** How the data path does. */
  performance(): Promise<PerformanceDiagnostics>;
  /**
   * The traces that are kept: the slowest and the recent ones.
   *
   * @throws {TypeError} If the limit is no number
   * @throws {RangeError} If the limit is out of range
   */
  listTraces(query?: TraceQuery): Promise<TraceList>;
  /**
   * A trace with its stages and its end-to-end latency; `undefined` if it is not kept.
   *
   * @throws {TypeError} If the id is no trace id
   */
  findTrace(traceId: string): Promise<TraceDetail | undefined>;
}

/** The token of an administrator: itself, or the file that it stands in. */
export type AdminCredentials = { readonly bearer: string } | { readonly bearerFile: string };

/** What a request must bring along: a secret itself, or the file that it stands in. */
export type Credentials =
  | AdminCredentials
  | { readonly username: string; readonly password: string }
  | { readonly username: string; readonly passwordFile: string };

/** The PEM files of TLS. */
export interface TlsFiles {
  /** The certificate, those that vouch for it behind it. */
  readonly certFile: string;
  /** Its private key. */
  readonly keyFile: string;
}

/** What HTTP routes answer, to whom, and how much at once. Plain data, so that it can be sent to a thread. */
export interface RouteSettings {
  /** Whether `/internal/metrics` answers too. */
  readonly internalMetrics: boolean;
  /** What requests must bring along; `undefined` if nothing. */
  readonly auth: Credentials | undefined;
  /** What a change of settings must bring along; `undefined` if there is none. */
  readonly admin: AdminCredentials | undefined;
  /** Scrapes that are answered at the same time. */
  readonly scrapesMax: number;
  /** Milliseconds that a scrape may take from its request until its answer is sent. */
  readonly scrapeTimeoutMs: number;
  /** Bytes of answers that are being sent at the same time, above which the next scrape waits. */
  readonly responseBytesMax: number;
  /** Bytes that a request's body may have. */
  readonly requestBytesMax: number;
  /** Clients of the live feed at the same time. */
  readonly liveClientsMax: number;
}

/** Where an HTTP server is to listen, and what it answers. */
export interface ListenOptions extends RouteSettings {
  /** Host name or address. */
  readonly host: string;
  /** TCP port; 0 for any free one. */
  readonly port: number;
  /** The certificate and key to serve over TLS with; `undefined` for plain HTTP. */
  readonly tls: TlsFiles | undefined;
}

/** Where an HTTP server listens. */
export interface ListenAddress {
  /** Host address. */
  readonly host: string;
  /** TCP port. */
  readonly port: number;
}
