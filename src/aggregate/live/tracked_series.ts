/**
 * State of a series in the last frame of a feed.
 *
 * @module
 */

import type { BucketRun, ExponentialBuckets } from "../../model/families.ts";
import type { Exemplar, SloObjective } from "../../model/model.ts";
import type { LiveBuckets, LiveDistribution, LiveSeries, LiveWindow } from "../../model/live_frames.ts";
import type { Quantiles } from "../../model/snapshot.ts";
import { gainsOf, NO_BUCKETS } from "./bucket_gains.ts";
import type { LiveDistributions, LiveReading, LiveScalar, LiveWindowReading } from "./live_source.ts";

/** Common part of all series. */
interface Tracked {
  /** Definition of the series in frames. */
  readonly series: LiveSeries;
  /** Last tick at which it existed. */
  seenAt: number;
  /** Estimated memory in bytes. */
  readonly bytes: number;
}

/** Bytes of a scalar, and of a distribution without its buckets, measured on heaps of many. */
const SCALAR_BYTES = 200;
const DISTRIBUTION_BYTES = 700;
/** Bytes of a typed array besides its elements, most of them outside of the heap. */
const ARRAY_BYTES = 540;

/** A counter or gauge. */
export class TrackedScalar implements Tracked {
  readonly series: LiveSeries;
  seenAt = 0;
  readonly bytes = SCALAR_BYTES;
  /** Value at the last tick. */
  value: number = Number.NaN;

  /** Tracks a series that has not been read yet. */
  constructor(series: LiveSeries) {
    this.series = series;
  }

  /** Reads the series; returns whether it has changed. */
  look({ value }: LiveScalar): boolean {
    if (Object.is(value, this.value)) return false;
    this.value = value;
    return true;
  }

  /** Returns the value for a frame. */
  state(): readonly [id: number, value: number] {
    return [this.series.id, this.value];
  }
}

/** A histogram, timer or summary. */
export class TrackedDistribution implements Tracked {
  readonly series: LiveSeries;
  seenAt = 0;
  readonly #quantiles: readonly string[];
  readonly #schema: number;
  readonly #slo: SloObjective | undefined;
  #createdMs: number;
  #count = 0;
  #sum = 0;
  #violations = 0;
  #window: LiveWindowReading | undefined;
  #buckets: ExponentialBuckets | undefined;
  #exemplars: readonly Exemplar[] = [];

  /**
   * Tracks a series that has not been read yet.
   *
   * @param createdMs Time of the series' last start, in milliseconds since the epoch
   */
  constructor(series: LiveSeries, { metric: { schema = 0, slo }, quantiles }: LiveDistributions, createdMs: number) {
    this.series = series;
    this.#quantiles = quantiles;
    this.#schema = schema;
    this.#slo = slo;
    this.#createdMs = createdMs;
    this.#buckets = { schema, ...NO_BUCKETS };
  }

  get bytes(): number {
    const buckets = this.#buckets;
    if (buckets === undefined) return DISTRIBUTION_BYTES;
    return DISTRIBUTION_BYTES + bytesOf(buckets.positive) + bytesOf(buckets.negative);
  }

  /** Reads the series; returns its changes, or `undefined` if there are none. */
  look(reading: LiveReading): LiveDistribution | undefined {
    const { createdMs, count, sum, violations } = reading;
    const hasBegunAgain = createdMs !== this.#createdMs || count < this.#count;
    const hasCounted = hasBegunAgain || count !== this.#count || sum !== this.#sum;
    const window = reading.window();
    const hasWindowChanged = this.#window === undefined || isDifferent(this.#window, window);
    const exemplars = this.#exemplarsOf(reading);
    if (!hasCounted && !hasWindowChanged && exemplars === undefined) return undefined;
    this.#createdMs = createdMs;
    this.#count = count;
    this.#sum = sum;
    this.#violations = violations;
    this.#window = window;
    const gained = hasCounted ? this.#gained(reading, hasBegunAgain) : undefined;
    return { ...this.#stateWith(window), ...(gained !== undefined && { gained }), ...(exemplars && { exemplars }) };
  }

  /** Returns the state at the last tick for a frame. */
  state(): LiveDistribution {
    const exemplars = this.#exemplars;
    // The series was read before its state is requested.
    return { ...this.#stateWith(this.#window!), ...(exemplars.length > 0 && { exemplars }) };
  }

  #stateWith(window: LiveWindowReading): LiveDistribution {
    const [count, violations, slo] = [this.#count, this.#violations, this.#slo];
    return {
      id: this.series.id,
      count,
      sum: this.#sum,
      window: windowOf(window, this.#quantiles),
      ...(slo !== undefined && {
        slo: {
          violations,
          compliance: count === 0 ? null : (count - violations) / count,
          burnRate: window.count === 0 ? null : window.violations / window.count / (1 - slo.target),
        },
      }),
    };
  }

  #gained(reading: LiveReading, hasBegunAgain: boolean): LiveBuckets | undefined {
    const before = this.#buckets;
    const buckets = reading.buckets();
    const now = this.#buckets = buckets && {
      ...buckets,
      positive: compact(buckets.positive),
      negative: compact(buckets.negative),
    };
    if (before === undefined || now === undefined || hasBegunAgain) return undefined;
    return gainsOf(before, now, this.#schema);
  }

  /** Returns the exemplars if they have changed, in a list that stays unchanged. */
  #exemplarsOf({ exemplars }: LiveReading): readonly Exemplar[] | undefined {
    const before = this.#exemplars;
    if (exemplars.length === before.length && exemplars.every((each, at) => each === before[at])) return undefined;
    return this.#exemplars = exemplars.slice();
  }
}

/** Series of either kind. */
export type TrackedSeries = TrackedScalar | TrackedDistribution;

/** Returns buckets without spare room, because a view retains all of its memory. */
function compact({ low, counts }: BucketRun): BucketRun {
  if (counts.length === 0) return NO_BUCKETS.positive;
  return { low, counts: counts.byteLength === counts.buffer.byteLength ? counts : counts.slice() };
}

function bytesOf({ counts }: BucketRun): number {
  return counts.length === 0 ? 0 : ARRAY_BYTES + counts.byteLength;
}

/** Relative tolerance of sums: windows are not always merged from the same slices, so the last digits differ. */
const SUM_TOLERANCE = 1e-9;

function isDifferent(a: LiveWindowReading, b: LiveWindowReading): boolean {
  if (a.count !== b.count || a.max !== b.max || a.violations !== b.violations) return true;
  if (Math.abs(a.sum - b.sum) > SUM_TOLERANCE * Math.abs(a.sum)) return true;
  return a.quantiles.some((value, at) => value !== b.quantiles[at]);
}

function windowOf(reading: LiveWindowReading, names: readonly string[]): LiveWindow {
  const { count, seconds, sum, max, quantiles } = reading;
  const values: Record<string, number | null> = {};
  for (let at = 0; at < names.length; at++) values[names[at]] = quantiles[at] ?? null;
  return {
    count,
    rate: count / seconds,
    mean: count === 0 ? null : sum / count,
    max: count === 0 ? null : max,
    quantiles: values satisfies Quantiles,
  };
}
