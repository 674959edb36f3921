/**
 * Violations of service level objectives. They are counted among the moments of the sketches, and are therefore sliced
 * and merged with the windows; unreported breaches wait here, one entry per series regardless of their number.
 *
 * @module
 */

import type { Labels, SloBreach, SloObjective } from "../../model/model.ts";
import type { SloSnapshot, WindowSnapshot } from "../../model/snapshot.ts";
import { wallTimestamp } from "../../platform/wall_clock.ts";
import type { Batch } from "../../sketch/batch.ts";

/** Common part of all series of a timer with an objective. */
export interface SloSpec {
  /** Service level objective. */
  readonly objective: SloObjective;
  /** Exposed name of the timer. */
  readonly metric: string;
  /** Receives breaches until they are reported. */
  readonly log: BreachLog;
}

/** Series with unreported breaches. */
export class BreachLog {
  readonly #watches: Set<SloWatch> = new Set();

  /** Adds a series, which stays until {@linkcode take}. */
  add(watch: SloWatch): void {
    this.#watches.add(watch);
  }

  /** Removes a series. */
  delete(watch: SloWatch): void {
    this.#watches.delete(watch);
  }

  /** Returns one breach for each series with unreported violations, oldest first. */
  take(nowMs: number): SloBreach[] {
    const breaches = Array.from(this.#watches, (watch) => watch.takeBreach(nowMs));
    this.#watches.clear();
    return breaches;
  }
}

/** Comparison of a series' values with its objective. */
export class SloWatch {
  readonly #spec: SloSpec;
  readonly #labels: Labels;
  readonly #threshold: number;
  /** Number of unreported violations. */
  #pending = 0;
  #worst = Number.NEGATIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(spec: SloSpec, labels: Labels) {
    this.#spec = spec;
    this.#labels = labels;
    this.#threshold = spec.objective.thresholdSeconds;
  }

  /** Time at which the last violation was aggregated; `-Infinity` if there was none. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** Counts a value; returns the number of violations that it represents. */
  record(value: number, weight: number, nowMs: number): number {
    if (value <= this.#threshold) return 0;
    this.#note(weight, value, nowMs);
    return weight;
  }

  /** Counts a run of a batch; returns the number of violations in it. */
  recordRun({ values, weights }: Batch, from: number, end: number, nowMs: number): number {
    const threshold = this.#threshold;
    let violations = 0;
    let worst = Number.NEGATIVE_INFINITY;
    for (let i = from; i < end; i++) {
      const value = values[i];
      if (value <= threshold) continue;
      violations += weights[i];
      if (value > worst) worst = value;
    }
    if (violations > 0) this.#note(violations, worst, nowMs);
    return violations;
  }

  /** Returns the unreported breach, and begins a new one. */
  takeBreach(nowMs: number): SloBreach {
    const { objective, metric } = this.#spec;
    const agoMs = Math.max(0, nowMs - this.#lastMs);
    const breach = {
      metric,
      labels: this.#labels,
      thresholdSeconds: objective.thresholdSeconds,
      violations: this.#pending,
      worstSeconds: this.#worst,
      timestamp: wallTimestamp(agoMs),
    };
    this.#pending = 0;
    this.#worst = Number.NEGATIVE_INFINITY;
    return breach;
  }

  /** Stops reporting breaches, including pending ones. */
  end(): void {
    this.#spec.log.delete(this);
    // Counts as already in the log.
    this.#pending = Number.POSITIVE_INFINITY;
  }

  #note(violations: number, worst: number, nowMs: number): void {
    if (this.#pending === 0) this.#spec.log.add(this);
    this.#pending += violations;
    if (worst > this.#worst) this.#worst = worst;
    this.#lastMs = nowMs;
  }
}

/** Returns the compliance with an objective, from counts of values and violations. */
export function sloSnapshot(
  { thresholdSeconds, target, criticalSeconds }: SloObjective,
  violations: number,
  count: number,
  windows: Readonly<Record<string, WindowSnapshot>>,
): SloSnapshot {
  const burnRate = Object.entries(windows).map(([name, window]) => [
    name,
    window.count === 0 ? null : (window.violations ?? 0) / window.count / (1 - target),
  ]);
  return {
    thresholdSeconds,
    target,
    ...(criticalSeconds !== undefined && { criticalSeconds }),
    violations,
    compliance: count === 0 ? null : (count - violations) / count,
    burnRate: Object.fromEntries(burnRate),
  };
}
