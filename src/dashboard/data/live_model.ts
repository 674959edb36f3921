/**
 * Data of the page: the series of the feed with their history. A restarted feed assigns other ids, so histories are
 * matched by name and labels.
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

/** Maximum number of exemplars of a series; the oldest are evicted. */
const EXEMPLARS_MAX = 100;

/** Series with its history. */
export interface SeriesState {
  /** Name of the metric and labels, as one text. */
  readonly key: string;
  /** Metric. */
  readonly metric: LiveMetric;
  /** Labels. */
  readonly labels: Labels;
  /** History of a counter's or gauge's value, or of a distribution's count. */
  readonly values: History;
  /** State of a distribution; `undefined` for counters and gauges. */
  readonly distribution: DistributionState | undefined;
  /** Latest value; NaN before the first. */
  value: number;
}

/** State that only distributions have. */
export interface DistributionState {
  /** Gains of its buckets. */
  readonly buckets: BucketHistory;
  /** History of violations; only with an objective. */
  readonly violations: History | undefined;
  /** Histories of the window's {@linkcode DRAWN_QUANTILES}; only without buckets. */
  readonly quantiles: readonly History[] | undefined;
  /** Distribution in the latest frame that changed it. */
  latest: LiveDistribution | undefined;
  /** Latest exemplars, the oldest first. */
  exemplars: readonly Exemplar[];
}

/** Model to which the messages of a feed are applied. */
export class LiveModel {
  /** Time axis; `undefined` before the first message. */
  timeline: Timeline | undefined;
  /** First message of the feed. */
  start: LiveStart | undefined;
  /** Hotpath's own state in the latest frame. */
  self: LiveSelf | undefined;
  /** Health of the program. */
  health: HealthState | undefined;
  /** KPIs. */
  kpis: readonly Kpi[] = [];
  /** Increases whenever the set of series or metrics changes. */
  revision = 0;
  readonly #metrics: Map<string, LiveMetric> = new Map();
  readonly #series: Map<number, SeriesState> = new Map();
  /** Series of the feed before a restart, by key. */
  #previous: Map<string, SeriesState> = new Map();

  /** All series, in the order of the feed. */
  get series(): Iterable<SeriesState> {
    return this.#series.values();
  }

  /** Applies a message. */
  apply(message: LiveMessage): void {
    if (message.type === "start") this.#begin(message);
    else this.#advance(message);
  }

  #begin(start: LiveStart): void {
    const { intervalMs, metrics, series, kpis } = start;
    const isSamePace = this.start?.intervalMs === intervalMs;
    if (this.timeline === undefined || !isSamePace) this.timeline = new Timeline(intervalMs);
    this.#previous = isSamePace ? new Map([...this.#series.values()].map((each) => [each.key, each])) : new Map();
    this.start = start;
    this.kpis = kpis;
    this.#metrics.clear();
    this.#series.clear();
    this.#define(metrics, series, this.timeline);
    this.#previous.clear();
  }

  #advance(frame: LiveFrame): void {
    const { timeline } = this;
    // A frame cannot be read without definitions.
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
    // Unchanged series have the same value in this slot.
    for (const state of this.#series.values()) stamp(state, place);
  }

  #define(metrics: readonly LiveMetric[], series: readonly LiveSeries[], timeline: Timeline): void {
    for (const metric of metrics) this.#metrics.set(metric.name, metric);
    for (const { id, metric: name, labels } of series) {
      const metric = this.#metrics.get(name);
      if (metric === undefined) continue;
      const key = keyOfSeries(name, labels);
      const previous = this.#previous.get(key);
      this.#series.set(
        id,
        previous?.metric.type === metric.type ? { ...previous, metric } : createState(key, metric, labels, timeline),
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

/** Returns name and labels as one text that does not depend on the order of the labels. */
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

/** Adds received exemplars to known ones. A frame repeats all exemplars of a series when one of them has changed. */
function withNew(known: readonly Exemplar[], received: readonly Exemplar[]): readonly Exemplar[] {
  const isKnown = (one: Exemplar) =>
    known.some(({ value, timestampMs }) => value === one.value && timestampMs === one.timestampMs);
  return [...known, ...received.filter((each) => !isKnown(each))]
    .toSorted((one, other) => one.timestampMs - other.timestampMs)
    .slice(-EXEMPLARS_MAX);
}
