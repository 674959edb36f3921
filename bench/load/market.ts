/**
 * A feed of market data at a given rate: each update is observed by one of 64 bound histograms. Calls are timed in batches,
 * because reading a clock takes longer than a call.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import type { Histogram, Metrics } from "@hotpath/metrics";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

const TURN = HANDLES - 1;
/** Updates that are timed together. */
const BATCH = 64;
/** How long the thread works before it rests for a moment, as a program with an event loop does. */
const SLICE_MS = 5;
const NS_PER_MS = 1e6;

/** Properties of a stretch of the feed. */
export interface Stretch {
  /** Updates that there were to be each second. */
  readonly wantedPerSecond: number;
  /** Updates that there were. */
  readonly updatesPerSecond: number;
  /** Updates in all. */
  readonly updates: number;
  /** Records that were lost. */
  readonly dropped: number;
  /** Nanoseconds of an update, by batch: the median, the 99th percentile and the worst. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** A feed. */
export class Market {
  readonly #metrics: Metrics;
  readonly #histograms: readonly Histogram[];
  /** All updates so far. */
  updates = 0;
  #dropped = 0;

  /** A feed that is recorded with these metrics. */
  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    const family = metrics.histogram("update_size", { labels: LABELS });
    this.#histograms = eachLabelSet((labels) => family.with(labels));
  }

  /**
   * Lets updates come.
   *
   * @param perSecond How many; `Infinity` for as many as there can be
   */
  async run(seconds: number, perSecond: number): Promise<Stretch> {
    const batchNs: number[] = [];
    const startMs = performance.now();
    const endMs = startMs + seconds * 1_000;
    let updates = 0;
    for (let nowMs = startMs; nowMs < endMs;) {
      const restMs = nowMs + SLICE_MS;
      while (nowMs < restMs && nowMs < endMs) {
        const due = perSecond === Infinity ? BATCH : Math.floor((nowMs - startMs) / 1_000 * perSecond) - updates;
        if (due < BATCH && due * 1_000 < perSecond) break;
        const count = Math.min(BATCH, due);
        this.#observe(count);
        updates += count;
        const afterMs = performance.now();
        batchNs.push((afterMs - nowMs) * NS_PER_MS / count);
        nowMs = afterMs;
      }
      await setImmediate();
      nowMs = performance.now();
    }
    const elapsedSeconds = (performance.now() - startMs) / 1_000;
    this.updates += updates;
    await this.#metrics.flush();
    const { meta } = await this.#metrics.snapshot();
    const dropped = meta.dropped - this.#dropped;
    this.#dropped = meta.dropped;
    const sorted = Float64Array.from(batchNs).sort();
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
    return {
      wantedPerSecond: perSecond,
      updatesPerSecond: updates / elapsedSeconds,
      updates,
      dropped,
      p50: at(0.5),
      p99: at(0.99),
      max: at(1),
    };
  }

  #observe(count: number): void {
    const histograms = this.#histograms;
    for (let i = 0; i < count; i++) histograms[i & TURN].observe(i);
  }
}

/** A number with its unit prefix. */
export function short(value: number): string {
  if (value === Infinity) return "as many as there can be";
  if (value >= 1e6) return `${Number((value / 1e6).toFixed(1))} M`;
  return value >= 1e3 ? `${Number((value / 1e3).toFixed(1))} k` : String(Math.round(value));
}
