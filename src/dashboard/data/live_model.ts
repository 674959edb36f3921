/**
 * What the page knows: the series of the feed with their past. A feed that begins again brings other ids, so the past is
 * found by name and labels.
 *
 * @module
 */

import type { Exemplar, Labels } from "../../model/model.ts";
import type { HealthState } from "../../model/health_status.ts";
import type { Kpi } from "../../model/kpi.ts";
import type {
  LiveDistribution,
  LiveFrame,
  LiveMessage,
  LiveMetric,
  LiveSelf,
  LiveSeries,
  LiveStart,
} from "../../model/live_frames.ts";
import { countsOf } from "./bucket_keys.ts";
import { BucketHistory } from "./bucket_history.ts";
import { History } from "./history.ts";
import { DRAWN_QUANTILES } from "./quantiles.ts";
import { type Place, Timeline } from "./timeline.ts";

/** Older exemplars give way. */
const EXEMPLARS_MAX = 100;

/** A series and its past. */
export interface SeriesState {
  /** Its metric's name and its labels, as one text. */
  readonly key: string;
  /** Its metric. */
  readonly metric: LiveMetric;
  /** Its labels. */
  readonly labels: Labels;
  /** The value of a counter or gauge, the count of a distribution. */
  readonly values: History;
  /** Only of distributions. */
  readonly distribution: DistributionState | undefined;
  /** The last value; NaN before the first. */
  value: number;
}

/** What only distributions have. */
export interface DistributionState {
  /** What its buckets have gained. */
  readonly buckets: BucketHistory;
  /** Durations above the threshold of the objective. */
  readonly violations: History | undefined;
  /** The window's quantiles, as {@linkcode DRAWN_QUANTILES}; only if there are no buckets. */
  readonly quantiles: readonly History[] | undefined;
  /** What the last frame said of it. */
  latest: LiveDistribution | undefined;
  /** The latest exemplars, the oldest first. */
  exemplars: readonly Exemplar[];
}

/** Takes the messages of a feed. */
export class LiveModel {
  /** The time axis; `undefined` before the feed has begun. */
  timeline: Timeline | undefined;
  /** What the feed began with. */
  start: LiveStart | undefined;
  /** The last frame's word on Hotpath itself. */
  self: LiveSelf | undefined;
  /** How things go. */
  health: HealthState | undefined;
  /** The indicators. */
  kpis: readonly Kpi[] = [];
  /** Goes up when there are other series or metrics than before. */
  revision = 0;
  readonly #metrics: Map<string, LiveMetric> = new Map();
  readonly #series: Map<number, SeriesState> = new Map();
  /** By key; still there for a feed that begins again. */
  #past: Map<string, SeriesState> = new Map();

  /** All series, in the order of the feed. */
  get series(): Iterable<SeriesState> {
    return this.#series.values();
  }

  /** Takes a message. */
  apply(message: LiveMessage): void {
    if (message.type === "start") this.#begin(message);
    else this.#advance(message);
  }

  #begin(start: LiveStart): void {
    const { intervalMs, metrics, series, kpis } = start;
    const isSamePace = this.start?.intervalMs === intervalMs;
    if (this.timeline === undefined || !isSamePace) this.timeline = new Timeline(intervalMs);
    this.#past = isSamePace ? new Map([...this.#series.values()].map((each) => [each.key, each])) : new Map();
    this.start = start;
    this.kpis = kpis;
    this.#metrics.clear();
    this.#series.clear();
    this.#define(metrics, series, this.timeline);
    this.#past.clear();
  }

  #advance(frame: LiveFrame): void {
    const { timeline } = this;
    // A feed begins with its definitions.
    if (timeline === undefined) return;
    const { timestampMs, elapsedMs, metrics = [], series = [], removed = [], scalars, distributions } = frame;
    const place = timeline.advance(timestampMs, elapsedMs);
    for (const id of removed) this.#series.delete(id);
    if (removed.length > 0) this.revision += 1;
    this.#define(metrics, series, timeline);
    this.kpis = frame.kpis ?? this.kpis;
    this.health = frame.health ?? this.health;
    this.self = frame.self;
    for (const [id, value] of scalars) {
      const state = this.#series.get(id);
      if (state !== undefined) state.value = value;
    }
    for (const each of distributions) this.#changeDistribution(each, place);
    // What has not changed has its value all the same.
    for (const state of this.#series.values()) stamp(state, place);
  }

  #define(metrics: readonly LiveMetric[], series: readonly LiveSeries[], timeline: Timeline): void {
    for (const metric of metrics) this.#metrics.set(metric.name, metric);
    for (const { id, metric: name, labels } of series) {
      const metric = this.#metrics.get(name);
      if (metric === undefined) continue;
      const key = keyOfSeries(name, labels);
      const past = this.#past.get(key);
      this.#series.set(
        id,
        past?.metric.type === metric.type ? { ...past, metric } : createState(key, metric, labels, timeline),
      );
    }
    if (metrics.length + series.length > 0) this.revision += 1;
  }

  #changeDistribution(change: LiveDistribution, { slot }: Place): void {
    const state = this.#series.get(change.id);
    if (state?.distribution === undefined) return;
    const { distribution } = state;
    state.value = change.count;
    distribution.latest = change;
    const { schema } = state.metric;
    if (change.gained !== undefined && schema !== undefined) {
      distribution.buckets.add(slot, countsOf(change.gained, schema));
    }
    if (change.exemplars !== undefined) {
      distribution.exemplars = withNew(distribution.exemplars, change.exemplars);
    }
  }
}

/** A metric's name and labels as one text, whatever the order of the labels. */
export function keyOfSeries(metric: string, labels: Labels): string {
  return JSON.stringify([metric, ...Object.entries(labels).toSorted(([one], [other]) => one < other ? -1 : 1)]);
}

function createState(key: string, metric: LiveMetric, labels: Labels, { capacity, slotMs }: Timeline): SeriesState {
  const history = () => new History(capacity);
  const isDistribution = metric.type === "histogram" || metric.type === "summary";
  const distribution: DistributionState = {
    buckets: new BucketHistory(slotMs),
    violations: metric.slo && history(),
    quantiles: metric.schema === undefined ? DRAWN_QUANTILES.map(history) : undefined,
    latest: undefined,
    exemplars: [],
  };
  return {
    key,
    metric,
    labels,
    values: history(),
    value: NaN,
    distribution: isDistribution ? distribution : undefined,
  };
}

function stamp({ value, values, distribution }: SeriesState, place: Place): void {
  values.write(place, value);
  if (distribution === undefined) return;
  const { latest, violations, quantiles } = distribution;
  violations?.write(place, latest?.slo?.violations ?? NaN);
  quantiles?.forEach((history, i) => history.write(place, latest?.window.quantiles[DRAWN_QUANTILES[i]] ?? NaN));
}

/** Frames tell of all exemplars when one has changed. */
function withNew(known: readonly Exemplar[], told: readonly Exemplar[]): readonly Exemplar[] {
  const isKnown = (one: Exemplar) =>
    known.some(({ value, timestampMs }) => value === one.value && timestampMs === one.timestampMs);
  return [...known, ...told.filter((each) => !isKnown(each))]
    .toSorted((one, other) => one.timestampMs - other.timestampMs)
    .slice(-EXEMPLARS_MAX);
}
