/**
 * A client of the live feed that applies its messages.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type {
  LiveBuckets,
  LiveDistribution,
  LiveFrame,
  LiveSeries,
  LiveStart,
} from "../../../../src/model/live_frames.ts";
import { coarser } from "../../../../src/sketch/exponential.ts";

/** State of a distribution. */
export type Followed = Omit<LiveDistribution, "id" | "gained">;

/** Buckets since the client began, or the series began again. */
export interface Gains {
  schema: number;
  positive: Map<number, number>;
  negative: Map<number, number>;
  zero: number;
}

/** Gains of nothing. */
export function noGains(schema: number): Gains {
  return { schema, positive: new Map(), negative: new Map(), zero: 0 };
}

/** Halves a resolution as often as it takes. */
export function lower(gains: Gains, schema: number): void {
  for (; gains.schema > schema; gains.schema -= 1) {
    for (const side of ["positive", "negative"] as const) {
      const counts = new Map<number, number>();
      for (const [index, count] of gains[side]) counts.set(coarser(index), (counts.get(coarser(index)) ?? 0) + count);
      gains[side] = counts;
    }
  }
}

/** A client. */
export class Follower {
  readonly series: Map<number, LiveSeries> = new Map();
  readonly scalars: Map<number, number> = new Map();
  readonly distributions: Map<number, Followed> = new Map();
  readonly gains: Map<number, Gains> = new Map();
  readonly schemas: Map<string, number> = new Map();
  health: LiveFrame["health"];
  /** Called with series whose buckets count from now on. */
  readonly #onBegin: (series: LiveSeries) => void;

  constructor(onBegin: (series: LiveSeries) => void = () => {}) {
    this.#onBegin = onBegin;
  }

  /** Starts, or starts over. */
  begin({ series, metrics }: LiveStart, frame: LiveFrame): void {
    for (const kept of [this.series, this.scalars, this.distributions, this.gains, this.schemas]) kept.clear();
    this.#learn(metrics, series);
    this.apply(frame);
    for (const each of series) if (this.distributions.has(each.id)) this.#beginBuckets(each);
    assertEquals(this.series.size, this.scalars.size + this.distributions.size, "the first frame has every value");
  }

  /** Takes a frame that follows on the one before. */
  apply(frame: LiveFrame): void {
    this.#learn(frame.metrics ?? [], frame.series ?? []);
    for (const id of frame.removed ?? []) {
      assert(this.series.delete(id), "what is removed was there");
      this.scalars.delete(id);
      this.distributions.delete(id);
      this.gains.delete(id);
    }
    for (const [id, value] of frame.scalars) this.scalars.set(id, value);
    for (const { id, gained, exemplars, ...rest } of frame.distributions) {
      const before = this.distributions.get(id);
      const kept = exemplars ?? before?.exemplars;
      this.distributions.set(id, { ...rest, ...(kept && { exemplars: kept }) });
      if (gained !== undefined) this.#gain(id, gained);
      else if (before?.count !== rest.count || before?.slo?.violations !== rest.slo?.violations) {
        this.#beginBuckets(this.series.get(id)!);
      }
    }
    this.health = frame.health ?? this.health;
  }

  #learn(metrics: LiveStart["metrics"], series: LiveStart["series"]): void {
    for (const { name, schema } of metrics) if (schema !== undefined) this.schemas.set(name, schema);
    for (const each of series) {
      assert(!this.series.has(each.id), "ids are not used twice");
      this.series.set(each.id, each);
    }
  }

  #beginBuckets(series: LiveSeries): void {
    this.gains.delete(series.id);
    this.#onBegin(series);
  }

  #gain(id: number, gained: LiveBuckets): void {
    const schema = gained.schema ?? this.schemas.get(this.series.get(id)!.metric)!;
    const gains = this.gains.get(id) ?? noGains(schema);
    this.gains.set(id, gains);
    lower(gains, schema);
    for (const side of ["positive", "negative"] as const) {
      const pairs = gained[side] ?? [];
      for (let at = 0; at < pairs.length; at += 2) {
        gains[side].set(pairs[at], (gains[side].get(pairs[at]) ?? 0) + pairs[at + 1]);
      }
    }
    gains.zero += gained.zero ?? 0;
  }
}
