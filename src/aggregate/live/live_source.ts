/**
 * Source that a feed reads at each tick. Series are read in place, so that nothing is copied and only requested
 * quantiles are computed.
 *
 * @module
 */

import type { ExponentialBuckets } from "../../model/families.ts";
import type { Exemplar, Labels } from "../../model/model.ts";
import type { HealthState } from "../../model/health_status.ts";
import type { Kpi } from "../../model/kpi.ts";
import type { LiveMetric, LiveSelf } from "../../model/live_frames.ts";

/** Source of feeds. */
export interface LiveSource {
  /** Names of the sliding windows, narrowest first. */
  readonly windows: readonly string[];
  /** Returns the time of a monotonic clock, in milliseconds. */
  nowMs(): number;
  /** Drains all rings, and returns the state that does not belong to series. */
  look(): LiveFacts;
  /**
   * Returns metrics and their series; must follow {@linkcode look}.
   *
   * @param window Sliding window to read, for distributions that have it
   */
  groups(window: string): Iterable<LiveGroup>;
}

/** State that does not belong to series. */
export interface LiveFacts {
  /** Declared key performance indicators. */
  readonly kpis: readonly Kpi[];
  /** Health of the program. */
  readonly health: HealthState;
  /** State of Hotpath itself. */
  readonly self: LiveSelf;
}

/** A metric and its series. */
export type LiveGroup = LiveScalars | LiveDistributions;

interface Group {
  /** Metric; the same object while the metric exists. */
  readonly metric: LiveMetric;
  /** Names by which it can be requested. */
  readonly names: ReadonlySet<string>;
}

/** A counter or gauge. */
export interface LiveScalars extends Group {
  /** Discriminator. */
  readonly kind: "scalars";
  /** Series of the metric. */
  readonly series: Iterable<LiveScalar>;
}

/** A histogram, timer or summary. */
export interface LiveDistributions extends Group {
  /** Discriminator. */
  readonly kind: "distributions";
  /** Names of the reported quantiles. */
  readonly quantiles: readonly string[];
  /** Series of the metric. */
  readonly series: Iterable<LiveReading>;
}

/** Series of a counter or gauge; the same object while the series exists. */
export interface LiveScalar {
  /** Label set. */
  readonly labels: Labels;
  /** Value at this moment. */
  readonly value: number;
}

/** Series of a distribution at one moment; valid until the next one is read. */
export interface LiveReading {
  /** Identity of the series: the same object while the series exists. */
  readonly key: object;
  /** Label set. */
  readonly labels: Labels;
  /** Time of its last start, in milliseconds since the epoch. */
  readonly createdMs: number;
  /** Number of values since then. */
  readonly count: number;
  /** Sum of these values. */
  readonly sum: number;
  /** Number of values that violated the objective. */
  readonly violations: number;
  /** Exemplars from the whole range. */
  readonly exemplars: readonly Exemplar[];
  /** Returns the content of its sliding window. */
  window(): LiveWindowReading;
  /**
   * Returns the buckets of all values since the start, in arrays that do not change; `undefined` without exponential
   * buckets.
   */
  buckets(): ExponentialBuckets | undefined;
}

/** Content of a sliding window. */
export interface LiveWindowReading {
  /** Number of values. */
  readonly count: number;
  /** Length of the window in seconds. */
  readonly seconds: number;
  /** Sum of the values. */
  readonly sum: number;
  /** Largest value. */
  readonly max: number;
  /** Number of values that violated the objective. */
  readonly violations: number;
  /** Reported quantiles; empty if there are no values. */
  readonly quantiles: readonly number[];
}
