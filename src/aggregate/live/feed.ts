/**
 * Feed: the changes from one tick to the next, for all clients with the same request. It keeps the state of its last
 * frame, from which further clients can start at any time.
 *
 * @module
 */

import type { HealthState } from "../../model/health_status.ts";
import type { Kpi } from "../../model/kpi.ts";
import type { LiveDistribution, LiveFrame, LiveMetric, LiveSeries, LiveStart } from "../../model/live_frames.ts";
import { wallMs } from "../../platform/wall_clock.ts";
import type { LiveFacts, LiveGroup, LiveSource } from "./live_source.ts";
import { TrackedDistribution, TrackedScalar, type TrackedSeries } from "./tracked_series.ts";

/** Request that a feed answers. */
export interface FeedSettings {
  /** Milliseconds between two frames. */
  readonly intervalMs: number;
  /** Sliding window. */
  readonly window: string;
  /** Names of the requested metrics; `undefined` for all. */
  readonly names: readonly string[] | undefined;
}

/** Changes since the last tick. */
interface Changes {
  readonly metrics: LiveMetric[];
  readonly series: LiveSeries[];
  readonly removed: number[];
  readonly scalars: (readonly [id: number, value: number])[];
  readonly distributions: LiveDistribution[];
}

/** Source of frames for all clients with the same request. */
export class Feed {
  readonly #source: LiveSource;
  readonly #settings: FeedSettings;
  readonly #metrics: Map<string, LiveMetric> = new Map();
  readonly #tracked: Map<object, TrackedSeries> = new Map();
  #bytes = 0;
  #nextId = 0;
  #ticks = 0;
  #atMs = 0;
  #timestampMs = 0;
  #facts: LiveFacts;
  /** Key performance indicators in the last frame, as text, to detect changes. */
  #lastKpis = "";
  #lastHealth = "";

  /** Starts with the current state. */
  constructor(source: LiveSource, settings: FeedSettings) {
    this.#source = source;
    this.#settings = settings;
    this.#facts = source.look();
    this.#look();
    this.#newKpis();
    this.#newHealth();
  }

  /** Estimated memory in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Returns the frame of changes since the last one. */
  next(): LiveFrame {
    const beforeMs = this.#atMs;
    this.#facts = this.#source.look();
    const { metrics, series, removed, scalars, distributions } = this.#look();
    const [kpis, health] = [this.#newKpis(), this.#newHealth()];
    return {
      type: "frame",
      timestampMs: this.#timestampMs,
      elapsedMs: this.#atMs - beforeMs,
      ...(metrics.length > 0 && { metrics }),
      ...(kpis !== undefined && { kpis }),
      ...(series.length > 0 && { series }),
      ...(removed.length > 0 && { removed }),
      scalars,
      distributions,
      ...(health !== undefined && { health }),
      self: this.#facts.self,
    };
  }

  /** Returns the definitions for a new client, which has lost no frames. */
  start(): LiveStart {
    const { intervalMs, window } = this.#settings;
    return {
      type: "start",
      timestampMs: this.#timestampMs,
      intervalMs,
      window,
      framesLost: 0,
      metrics: [...this.#metrics.values()],
      kpis: this.#facts.kpis,
      series: Array.from(this.#tracked.values(), ({ series }) => series),
    };
  }

  /** Returns the first frame for a new client, with all values of the last frame. */
  whole(): LiveFrame {
    const all = [...this.#tracked.values()];
    return {
      type: "frame",
      timestampMs: this.#timestampMs,
      elapsedMs: 0,
      scalars: all.filter((each) => each instanceof TrackedScalar).map((each) => each.state()),
      distributions: all.filter((each) => each instanceof TrackedDistribution).map((each) => each.state()),
      health: this.#facts.health,
      self: this.#facts.self,
    };
  }

  #look(): Changes {
    this.#ticks += 1;
    this.#atMs = this.#source.nowMs();
    this.#timestampMs = wallMs();
    const { window, names } = this.#settings;
    const changes: Changes = { metrics: [], series: [], removed: [], scalars: [], distributions: [] };
    for (const group of this.#source.groups(window)) {
      if (names === undefined || names.some((name) => group.names.has(name))) this.#lookAt(group, changes);
    }
    this.#forget(changes);
    return changes;
  }

  #lookAt(group: LiveGroup, changes: Changes): void {
    if (group.kind === "scalars") {
      for (const scalar of group.series) {
        const tracked = this.#tracked.get(scalar) ??
          this.#track(scalar, group, scalar, (series) => new TrackedScalar(series), changes);
        tracked.seenAt = this.#ticks;
        if (tracked instanceof TrackedScalar && tracked.look(scalar)) changes.scalars.push(tracked.state());
      }
      return;
    }
    for (const reading of group.series) {
      const { key, createdMs } = reading;
      const tracked = this.#tracked.get(key) ??
        this.#track(key, group, reading, (series) => new TrackedDistribution(series, group, createdMs), changes);
      tracked.seenAt = this.#ticks;
      const change = tracked instanceof TrackedDistribution ? tracked.look(reading) : undefined;
      if (change !== undefined) changes.distributions.push(change);
    }
  }

  #track(
    key: object,
    { metric }: LiveGroup,
    { labels }: Pick<LiveSeries, "labels">,
    create: (series: LiveSeries) => TrackedSeries,
    changes: Changes,
  ): TrackedSeries {
    if (this.#metrics.get(metric.name) !== metric) {
      this.#metrics.set(metric.name, metric);
      changes.metrics.push(metric);
    }
    const series = { id: this.#nextId++, metric: metric.name, labels };
    changes.series.push(series);
    const tracked = create(series);
    this.#tracked.set(key, tracked);
    return tracked;
  }

  /** Removes series that no longer exist, and metrics without series. */
  #forget({ removed }: Changes): void {
    this.#bytes = 0;
    for (const [key, { series, seenAt, bytes }] of this.#tracked) {
      if (seenAt === this.#ticks) {
        this.#bytes += bytes;
        continue;
      }
      this.#tracked.delete(key);
      removed.push(series.id);
    }
    if (removed.length === 0) return;
    const inUse = new Set(this.#tracked.values().map(({ series }) => series.metric));
    for (const name of this.#metrics.keys()) if (!inUse.has(name)) this.#metrics.delete(name);
  }

  #newKpis(): readonly Kpi[] | undefined {
    const { kpis } = this.#facts;
    const text = JSON.stringify(kpis);
    if (text === this.#lastKpis) return undefined;
    this.#lastKpis = text;
    return kpis;
  }

  #newHealth(): HealthState | undefined {
    const { health } = this.#facts;
    const text = JSON.stringify(health);
    if (text === this.#lastHealth) return undefined;
    this.#lastHealth = text;
    return health;
  }
}
