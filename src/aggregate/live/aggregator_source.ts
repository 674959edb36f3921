/**
 * Aggregator as the source of feeds.
 *
 * @module
 */

import type { HealthState } from "../../model/health_status.ts";
import type { LiveFacts, LiveGroup, LiveSource } from "./live_source.ts";
import { StoreGroups } from "./store_source.ts";
import type { LiveSelf } from "../../model/live_frames.ts";
import type { SeriesStore } from "../series/store.ts";

/** Parts of an aggregator that feeds read. */
export interface AggregatorSourceParts {
  /** Series of all threads. */
  readonly store: SeriesStore;
  /** Names of the sliding windows, narrowest first. */
  readonly windows: readonly string[];
  /** Monotonic clock in milliseconds. */
  readonly nowMs: () => number;
  /** Drains all rings; returns the occupancy of the fullest one before the drain, 0 to 1. */
  readonly drain: () => number;
  /** Updates the metrics of the process. */
  readonly readProcess: () => void;
  /** Returns the health. */
  readonly health: () => HealthState;
  /** Returns the state of Hotpath itself, without the occupancy of the rings. */
  readonly self: () => Omit<LiveSelf, "ringOccupancyRatio">;
}

/** Minimum milliseconds between two readings of the process, which can take milliseconds. */
const PROCESS_INTERVAL_MS = 1_000;

/** Aggregator as the source of feeds. */
export class AggregatorSource implements LiveSource {
  readonly #parts: AggregatorSourceParts;
  readonly #groups: StoreGroups;
  #processDueMs = Number.NEGATIVE_INFINITY;

  constructor(parts: AggregatorSourceParts) {
    this.#parts = parts;
    this.#groups = new StoreGroups(parts.store);
  }

  get windows(): readonly string[] {
    return this.#parts.windows;
  }

  nowMs(): number {
    return this.#parts.nowMs();
  }

  look(): LiveFacts {
    const { store, drain, health, self } = this.#parts;
    const ringOccupancyRatio = drain();
    this.#readProcess();
    const { status, reasons } = health();
    return { kpis: store.kpis, health: { status, reasons }, self: { ...self(), ringOccupancyRatio } };
  }

  groups(window: string): Iterable<LiveGroup> {
    return this.#groups.groups(window, this.#parts.nowMs());
  }

  #readProcess(): void {
    const nowMs = this.#parts.nowMs();
    if (nowMs < this.#processDueMs) return;
    this.#processDueMs = nowMs + PROCESS_INTERVAL_MS;
    this.#parts.readProcess();
  }
}
