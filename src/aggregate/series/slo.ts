/**
 * Whether series keep their service level objective. Violations are counted as a moment of the sketches, and so are
 * sliced and merged with the windows; what has not been told of them yet waits here, one entry a series however many
 * they are.
 *
 * @module
 */

import type { Labels, SloBreach, SloObjective } from "../../model/model.ts";
import type { SloSnapshot, WindowSnapshot } from "../../model/snapshot.ts";
import { wallTimestamp } from "../../platform/wall_clock.ts";
import type { Batch } from "../../sketch/batch.ts";

/** What all series of a timer with an objective have in common. */
export interface SloSpec {
  /** The objective. */
  readonly objective: SloObjective;
  /** The exposed name of the timer. */
  readonly metric: string;
  /** Where breaches wait to be told. */
  readonly log: BreachLog;
}

/** The series that have violated their objective since they were last asked for. */
export class BreachLog {
  readonly #watches: Set<SloWatch> = new Set();

  /** Adds a series, which stays until {@linkcode take}. */
  add(watch: SloWatch): void {
    this.#watches.add(watch);
  }

  /** Takes a series out. */
  delete(watch: SloWatch): void {
    this.#watches.delete(watch);
  }

  /** One breach a series with violations that nobody was told of, oldest first. */
  take(nowMs: number): SloBreach[] {
    const breaches = Array.from(this.#watches, (watch) => watch.takeBreach(nowMs));
    this.#watches.clear();
    return breaches;
  }
}

/** Looks at every value of one series. */
export class SloWatch {
  readonly #spec: SloSpec;
  readonly #labels: Labels;
  readonly #threshold: number;
  /** Violations that nobody was told of. */
  #untold = 0;
  #worst = Number.NEGATIVE_INFINITY;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** Watches a series of these labels. */
  constructor(spec: SloSpec, labels: Labels) {
    this.#spec = spec;
    this.#labels = labels;
    this.#threshold = spec.objective.thresholdSeconds;
  }

  /** When the last of them was aggregated; `-Infinity` if there were none. */
  get lastMs(): number {
    return this.#lastMs;
  }

  /** How many violations a value stands for. */
  record(value: number, weight: number, nowMs: number): number {
    if (value <= this.#threshold) return 0;
    this.#note(weight, value, nowMs);
    return weight;
  }

  /** How many violations a run of a batch stands for. */
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

  /** What nobody was told of yet; nothing is left of it. */
  takeBreach(nowMs: number): SloBreach {
    const { objective, metric } = this.#spec;
    const agoMs = Math.max(0, nowMs - this.#lastMs);
    const breach = {
      metric,
      labels: this.#labels,
      thresholdSeconds: objective.thresholdSeconds,
      violations: this.#untold,
      worstSeconds: this.#worst,
      timestamp: wallTimestamp(agoMs),
    };
    this.#untold = 0;
    this.#worst = Number.NEGATIVE_INFINITY;
    return breach;
  }

  /** Leaves untold what nobody was told of yet, and all that comes. */
  end(): void {
    this.#spec.log.delete(this);
    // As if it was in the log already.
    this.#untold = Number.POSITIVE_INFINITY;
  }

  #note(violations: number, worst: number, nowMs: number): void {
    if (this.#untold === 0) this.#spec.log.add(this);
    this.#untold += violations;
    if (worst > this.#worst) this.#worst = worst;
    this.#lastMs = nowMs;
  }
}

/** How an objective is kept, from counts of values and violations. */
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
