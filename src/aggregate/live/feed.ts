/**
 * A feed: what changes from one tick to the next, for all clients that have asked for the same. What it remembers is the
 * state as of its last frame, from which another client can begin at any time.
 *
 * @module
 */

import type { HealthState } from "../../model/health_status.ts";
import type { Kpi } from "../../model/kpi.ts";
import type { LiveDistribution, LiveFrame, LiveMetric, LiveSeries, LiveStart } from "../../model/live_frames.ts";
import { wallMs } from "../../platform/wall_clock.ts";
import type { LiveFacts, LiveGroup, LiveSource } from "./live_source.ts";
import { TrackedDistribution, TrackedScalar, type TrackedSeries } from "./tracked_series.ts";

/** What a feed is about. */
export interface FeedSettings {
  /** Milliseconds between two frames. */
  readonly intervalMs: number;
  /** The sliding window. */
  readonly window: string;
  /** Names of the metrics that are wanted; `undefined` for all. */
  readonly names: readonly string[] | undefined;
}

/** What a look finds. */
interface Changes {
  readonly metrics: LiveMetric[];
  readonly series: LiveSeries[];
  readonly removed: number[];
  readonly scalars: (readonly [id: number, value: number])[];
  readonly distributions: LiveDistribution[];
}

/** A feed. */
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
  /** What was last told, as text: only that tells whether it is still so. */
  #toldKpis = "";
  #toldHealth = "";

  /** Begins, with everything as it is now. */
  constructor(source: LiveSource, settings: FeedSettings) {
    this.#source = source;
    this.#settings = settings;
    this.#facts = source.look();
    this.#look();
    this.#newKpis();
    this.#newHealth();
  }

  /** Bytes that it remembers, about. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Moves on; what has changed. */
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

  /** What a client begins with that has lost nothing yet. */
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

  /** Its first frame: every value, as of the last look. */
  whole(): LiveFrame {
    const all = [...this.#tracked.values()];
    return {
      type: "frame",
      timestampMs: this.#timestampMs,
      elapsedMs: 0,
      scalars: all.filter((each) => each instanceof TrackedScalar).map((each) => each.told()),
      distributions: all.filter((each) => each instanceof TrackedDistribution).map((each) => each.told()),
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
        if (tracked instanceof TrackedScalar && tracked.look(scalar)) changes.scalars.push(tracked.told());
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

  /** Forgets the series that were not there, and the metrics that have none any more. */
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
    if (text === this.#toldKpis) return undefined;
    this.#toldKpis = text;
    return kpis;
  }

  #newHealth(): HealthState | undefined {
    const { health } = this.#facts;
    const text = JSON.stringify(health);
    if (text === this.#toldHealth) return undefined;
    this.#toldHealth = text;
    return health;
  }
}
