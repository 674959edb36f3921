/**
 * What a feed remembers of a series from one frame to the next.
 *
 * @module
 */

import type { BucketRun, ExponentialBuckets } from "../../model/families.ts";
import type { Exemplar, SloObjective } from "../../model/model.ts";
import type { LiveBuckets, LiveDistribution, LiveSeries, LiveWindow } from "../../model/live_frames.ts";
import type { Quantiles } from "../../model/snapshot.ts";
import { gainsOf, NO_BUCKETS } from "./bucket_gains.ts";
import type { LiveDistributions, LiveReading, LiveScalar, LiveWindowReading } from "./live_source.ts";

/** What all series have. */
interface Tracked {
  /** The series, in the words of the feed. */
  readonly series: LiveSeries;
  /** The tick at which it was last there. */
  seenAt: number;
  /** Bytes that it takes, about. */
  readonly bytes: number;
}

/** What is remembered of any series, and of a distribution without its buckets; as heaps of many have shown. */
const SCALAR_BYTES = 200;
const DISTRIBUTION_BYTES = 700;
/** What a typed array takes besides its elements, outside of the heap for the most part. */
const ARRAY_BYTES = 540;

/** A counter or gauge. */
export class TrackedScalar implements Tracked {
  readonly series: LiveSeries;
  seenAt = 0;
  readonly bytes = SCALAR_BYTES;
  /** Its value at the last look. */
  value: number = Number.NaN;

  /** One that was not looked at yet. */
  constructor(series: LiveSeries) {
    this.series = series;
  }

  /** Looks; whether it has changed. */
  look({ value }: LiveScalar): boolean {
    if (Object.is(value, this.value)) return false;
    this.value = value;
    return true;
  }

  /** Its value, in the words of the feed. */
  told(): readonly [id: number, value: number] {
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
   * One that was not looked at yet.
   *
   * @param createdMs Since when it counts
   */
  constructor(series: LiveSeries, { metric: { schema = 0, slo }, quantiles }: LiveDistributions, createdMs: number) {
    this.series = series;
    this.#quantiles = quantiles;
    this.#schema = schema;
    this.#slo = slo;
    this.#createdMs = createdMs;
    this.#buckets = { schema, ...NO_BUCKETS };
  }

  /** See {@linkcode Tracked.bytes}. */
  get bytes(): number {
    const buckets = this.#buckets;
    if (buckets === undefined) return DISTRIBUTION_BYTES;
    return DISTRIBUTION_BYTES + bytesOf(buckets.positive) + bytesOf(buckets.negative);
  }

  /** Looks; what has changed, `undefined` if nothing. */
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
    return { ...this.#told(window), ...(gained !== undefined && { gained }), ...(exemplars && { exemplars }) };
  }

  /** As it was at the last look, in the words of the feed. */
  told(): LiveDistribution {
    const exemplars = this.#exemplars;
    // Whoever tells of it has looked.
    return { ...this.#told(this.#window!), ...(exemplars.length > 0 && { exemplars }) };
  }

  #told(window: LiveWindowReading): LiveDistribution {
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

  /** Its exemplars if they have changed, in a list that nobody changes. */
  #exemplarsOf({ exemplars }: LiveReading): readonly Exemplar[] | undefined {
    const before = this.#exemplars;
    if (exemplars.length === before.length && exemplars.every((each, at) => each === before[at])) return undefined;
    return this.#exemplars = exemplars.slice();
  }
}

/** A series of either sort. */
export type TrackedSeries = TrackedScalar | TrackedDistribution;

/** Buckets alone: a view of some keeps all of its memory, with room for many more. */
function compact({ low, counts }: BucketRun): BucketRun {
  if (counts.length === 0) return NO_BUCKETS.positive;
  return { low, counts: counts.byteLength === counts.buffer.byteLength ? counts : counts.slice() };
}

function bytesOf({ counts }: BucketRun): number {
  return counts.length === 0 ? 0 : ARRAY_BYTES + counts.byteLength;
}

/** Sums of the same values differ in their last digits, because windows are not always merged from the same slices. */
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
