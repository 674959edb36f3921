/**
 * Judges the health, from what is aggregated anyway: nothing is recorded for it. Only what the series do not remember is
 * kept here: a minute of drops and, for each heap, some floors.
 *
 * @module
 */

import { DropWindow } from "./drop_window.ts";
import { HeapFloors, type HeapGrowth } from "./heap_floors.ts";
import { nearestWindow } from "./nearest_window.ts";
import { overall } from "../../health/overall.ts";
import { CheckReports } from "./reports.ts";
import { type HealthSettings, HEAP_GROWTH_BYTES_MIN, type WindowThresholds } from "../../health/settings.ts";
import { judge, percent, rounded } from "../../health/thresholds.ts";
import type { EventLoopHealth, HealthCheckResult, HealthState } from "../../model/health_status.ts";
import type { Labels } from "../../model/model.ts";
import type { Scalar } from "../series/scalar.ts";
import type { SeriesStore } from "../series/store.ts";
import type { WindowPlan } from "../../sketch/sliding_window.ts";
import { BurnReader } from "./burn_reader.ts";
import { heaps, labelText, worstLag } from "./health_readings.ts";
import { lossReason, type PreviousRun, restartReason } from "../series/previous_run.ts";

/** How often heaps are looked at. */
const HEAP_INTERVAL_MS = 1_000;

/** What an aggregator knows of itself. */
export interface HealthSource {
  /** All series. */
  readonly store: SeriesStore;
  /** The windows of every distribution. */
  readonly windows: WindowPlan["windows"];
  /** What came before it. */
  readonly previous: PreviousRun;
  /** Records that were lost with those before it. */
  recordsLost(): number;
  /** When it began. */
  readonly bornMs: number;
  /** Records that were offered to the rings so far, those that were dropped included. */
  offered(): number;
  /** Records lost to a full ring so far. */
  dropped(): number;
  /** How full the fullest ring is, 0 to 1. */
  occupancyRatio(): number;
  /** What threads define differently, one sentence each. */
  clashes(): readonly string[];
}

/** What the checks came to. */
export interface Judgement extends HealthState {
  /** One result a check. */
  readonly checks: readonly HealthCheckResult[];
  /** How the event loop does; only where its lag is measured. */
  readonly eventLoop?: EventLoopHealth;
}

/** The checks of one aggregator. */
export class HealthMonitor {
  /** What the program says of its own checks. */
  readonly reports: CheckReports = new CheckReports();
  readonly #source: HealthSource;
  readonly #settings: HealthSettings;
  readonly #burns: BurnReader;
  readonly #drops: DropWindow = new DropWindow();
  readonly #floors: WeakMap<Scalar, HeapFloors> = new WeakMap();
  #heapsDueMs = Number.NEGATIVE_INFINITY;

  /** Looks at an aggregator. */
  constructor(source: HealthSource, settings: HealthSettings) {
    this.#source = source;
    this.#burns = new BurnReader(source.store);
    this.#settings = settings;
  }

  /** Notes what nobody could find out later; called at each drain. */
  note(nowMs: number): void {
    if (this.#settings.dropRatio !== undefined) {
      this.#drops.note(this.#source.offered(), this.#source.dropped(), nowMs);
    }
    if (this.#settings.heapGrowth !== undefined) this.#noteHeaps(this.#settings.heapGrowth, nowMs);
  }

  /** What the checks come to at this moment. */
  judge(nowMs: number): Judgement {
    this.note(nowMs);
    const lag = this.#lag(nowMs);
    const checks = [
      { name: "aggregator", status: "HEALTHY" } as const,
      lag?.check,
      this.#dropRatio(nowMs),
      this.#burnRate(nowMs),
      this.#heapGrowth(nowMs),
      ...this.#failures(nowMs),
      this.#ringOccupancy(),
      this.#clashes(),
      ...this.reports.results(nowMs),
    ].filter((check) => check !== undefined);
    return { ...overall(checks), checks, ...(lag?.eventLoop !== undefined && { eventLoop: lag.eventLoop }) };
  }

  #lag(nowMs: number): { check: HealthCheckResult; eventLoop?: EventLoopHealth } | undefined {
    const { eventLoopLag: thresholds } = this.#settings;
    if (thresholds === undefined) return undefined;
    const window = this.#window(thresholds);
    const worst = window && worstLag(this.#source.store, window, nowMs);
    const check = judge(
      "eventLoopLag",
      worst?.p95,
      thresholds,
      (p95) => `the event loop lags by ${rounded(p95)} s at p95${labelText(worst?.labels ?? {})}`,
    );
    return worst === undefined
      ? { check }
      : { check, eventLoop: { lagSecondsAverage: worst.average, lagSecondsP95: worst.p95 } };
  }

  #dropRatio(nowMs: number): HealthCheckResult | undefined {
    const { dropRatio: thresholds } = this.#settings;
    return thresholds && judge(
      "dropRatio",
      this.#drops.ratio(nowMs),
      thresholds,
      (ratio) => `${percent(ratio)} of records were dropped in the last minute`,
    );
  }

  #burnRate(nowMs: number): HealthCheckResult | undefined {
    const { burnRate: thresholds } = this.#settings;
    if (thresholds === undefined) return undefined;
    const window = this.#window(thresholds);
    const worst = window && this.#burns.worst(window, nowMs);
    return judge("burnRate", worst?.rate, thresholds, (rate) => {
      return `the error budget of ${worst?.metric}${labelText(worst?.labels ?? {})} burns at ${rounded(rate)}`;
    });
  }

  #heapGrowth(nowMs: number): HealthCheckResult | undefined {
    const { heapGrowth: thresholds } = this.#settings;
    if (thresholds === undefined) return undefined;
    let worst: { readonly growth: HeapGrowth; readonly labels: Labels } | undefined;
    for (const heap of heaps(this.#source.store, nowMs)) {
      const growth = this.#floors.get(heap)?.growth(nowMs);
      if (growth === undefined) continue;
      const counted = growth.bytes < HEAP_GROWTH_BYTES_MIN ? { ...growth, ratio: Math.min(0, growth.ratio) } : growth;
      if (worst === undefined || counted.ratio > worst.growth.ratio) worst = { growth: counted, labels: heap.labels };
    }
    return judge("heapGrowth", worst?.growth.ratio, thresholds, (ratio) => {
      return `the heap${labelText(worst?.labels ?? {})} has grown by ${percent(ratio)} ` +
        `within ${rounded(thresholds.windowMs / 60_000)} min`;
    });
  }

  #failures(nowMs: number): readonly (HealthCheckResult | undefined)[] {
    const { restarts, recordsLost } = this.#settings;
    const { previous, bornMs } = this.#source;
    const ageMs = nowMs - bornMs;
    const lost = this.#source.recordsLost();
    return [
      restarts ? degradedFor("restarts", previous.restarts, restartReason(previous, ageMs)) : undefined,
      recordsLost ? degradedFor("recordsLost", lost, lossReason(previous, lost, ageMs)) : undefined,
    ];
  }

  #ringOccupancy(): HealthCheckResult | undefined {
    const { ringOccupancy: thresholds } = this.#settings;
    return thresholds && judge(
      "ringOccupancy",
      this.#source.occupancyRatio(),
      thresholds,
      (ratio) => `a ring is ${percent(ratio)} full`,
    );
  }

  #clashes(): HealthCheckResult | undefined {
    if (!this.#settings.clashes) return undefined;
    const clashes = this.#source.clashes();
    return degradedFor("clashes", clashes.length, clashes.length === 0 ? undefined : clashes.join("; "));
  }

  #window({ windowMs }: WindowThresholds): WindowPlan["windows"][number] | undefined {
    return nearestWindow(this.#source.windows, ({ spec }) => spec.lengthMs, windowMs);
  }

  #noteHeaps({ windowMs }: WindowThresholds, nowMs: number): void {
    if (nowMs < this.#heapsDueMs) return;
    this.#heapsDueMs = nowMs + HEAP_INTERVAL_MS;
    for (const heap of heaps(this.#source.store, nowMs)) {
      // One that was announced and not set yet.
      if (!(heap.value > 0)) continue;
      let floors = this.#floors.get(heap);
      if (floors === undefined) this.#floors.set(heap, floors = new HeapFloors(windowMs));
      floors.note(heap.value, nowMs);
    }
  }
}

function degradedFor(name: string, value: number, reason: string | undefined): HealthCheckResult {
  return reason === undefined ? { name, status: "HEALTHY", value } : { name, status: "DEGRADED", value, reason };
}
