/**
 * What feeds read of an aggregator.
 *
 * @module
 */

import type { HealthState } from "../../model/health_status.ts";
import type { LiveFacts, LiveGroup, LiveSource } from "./live_source.ts";
import { StoreGroups } from "./store_source.ts";
import type { LiveSelf } from "../../model/live_frames.ts";
import type { SeriesStore } from "../series/store.ts";

/** An aggregator, as far as feeds need it. */
export interface LiveParts {
  /** Its series. */
  readonly store: SeriesStore;
  /** The names of its windows, narrowest first. */
  readonly windows: readonly string[];
  /** Its clock. */
  readonly nowMs: () => number;
  /** Takes what was recorded before; how full the fullest ring was. */
  readonly drain: () => number;
  /** Reads the numbers about the process. */
  readonly readProcess: () => void;
  /** How well things go. */
  readonly health: () => HealthState;
  /** How Hotpath itself does, but for how full the fullest ring was. */
  readonly self: () => Omit<LiveSelf, "ringOccupancyRatio">;
}

/** Reading them can take milliseconds, and a feed may look many times a second. */
const PROCESS_INTERVAL_MS = 1_000;

/** An aggregator, as feeds read it. */
export class LiveReading implements LiveSource {
  readonly #parts: LiveParts;
  readonly #groups: StoreGroups;
  #processDueMs = Number.NEGATIVE_INFINITY;

  /** Reads an aggregator. */
  constructor(parts: LiveParts) {
    this.#parts = parts;
    this.#groups = new StoreGroups(parts.store);
  }

  /** See {@linkcode LiveSource.windows}. */
  get windows(): readonly string[] {
    return this.#parts.windows;
  }

  /** See {@linkcode LiveSource.nowMs}. */
  nowMs(): number {
    return this.#parts.nowMs();
  }

  /** See {@linkcode LiveSource.look}. */
  look(): LiveFacts {
    const { store, drain, health, self } = this.#parts;
    const ringOccupancyRatio = drain();
    this.#readProcess();
    const { status, reasons } = health();
    return { kpis: store.kpis, health: { status, reasons }, self: { ...self(), ringOccupancyRatio } };
  }

  /** See {@linkcode LiveSource.groups}. */
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
