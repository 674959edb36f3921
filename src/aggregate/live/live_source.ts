/**
 * What a feed reads at a tick: series as they are, so that nothing is copied and no quantile found for those that nobody
 * asks for.
 *
 * @module
 */

import type { ExponentialBuckets } from "../../model/families.ts";
import type { Exemplar, Labels } from "../../model/model.ts";
import type { HealthState } from "../../model/health_status.ts";
import type { Kpi } from "../../model/kpi.ts";
import type { LiveMetric, LiveSelf } from "../../model/live_frames.ts";

/** Where feeds read. */
export interface LiveSource {
  /** The names of the sliding windows, narrowest first. */
  readonly windows: readonly string[];
  /** Milliseconds by a monotonic clock. */
  nowMs(): number;
  /** Takes what was recorded before, and tells what has no series. */
  look(): LiveFacts;
  /**
   * The metrics and their series; to be asked after {@linkcode look}.
   *
   * @param window The sliding window of distributions that have it
   */
  groups(window: string): Iterable<LiveGroup>;
}

/** What has no series. */
export interface LiveFacts {
  /** The indicators that the program has declared. */
  readonly kpis: readonly Kpi[];
  /** How well things go. */
  readonly health: HealthState;
  /** How Hotpath itself does. */
  readonly self: LiveSelf;
}

/** A metric and its series. */
export type LiveGroup = LiveScalars | LiveDistributions;

interface Group {
  /** The metric; the same object as long as it exists. */
  readonly metric: LiveMetric;
  /** All names that it can be asked for by. */
  readonly names: ReadonlySet<string>;
}

/** A counter or gauge. */
export interface LiveScalars extends Group {
  /** Which of the two sorts it is. */
  readonly kind: "scalars";
  /** Its series. */
  readonly series: Iterable<LiveScalar>;
}

/** A histogram, timer or summary. */
export interface LiveDistributions extends Group {
  /** Which of the two sorts it is. */
  readonly kind: "distributions";
  /** The quantiles that are told, by their names. */
  readonly quantiles: readonly string[];
  /** Its series. */
  readonly series: Iterable<LiveReading>;
}

/** A series of a counter or gauge; the same object as long as it exists. */
export interface LiveScalar {
  /** The label set. */
  readonly labels: Labels;
  /** Its value. */
  readonly value: number;
}

/** A series of a distribution at a moment; valid until the next one is asked for. */
export interface LiveReading {
  /** What it is known by: the same object as long as the series exists. */
  readonly key: object;
  /** The label set. */
  readonly labels: Labels;
  /** When it began, in milliseconds since the epoch. */
  readonly createdMs: number;
  /** Values since then. */
  readonly count: number;
  /** Their sum. */
  readonly sum: number;
  /** How many of them violated the objective. */
  readonly violations: number;
  /** Measurements from all over the range. */
  readonly exemplars: readonly Exemplar[];
  /** What its sliding window holds. */
  window(): LiveWindowReading;
  /** All values since it began, in arrays that nobody changes; `undefined` if they are not counted in such buckets. */
  buckets(): ExponentialBuckets | undefined;
}

/** What a sliding window holds. */
export interface LiveWindowReading {
  /** Values in it. */
  readonly count: number;
  /** How long it is. */
  readonly seconds: number;
  /** Their sum. */
  readonly sum: number;
  /** The largest. */
  readonly max: number;
  /** How many violated the objective. */
  readonly violations: number;
  /** The quantiles that are told; none if there are no values. */
  readonly quantiles: readonly number[];
}
