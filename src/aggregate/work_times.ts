/**
 * Durations of Hotpath's own work, as a histogram among its metrics.
 *
 * @module
 */

import type { MetricFamily } from "../model/families.ts";
import type { SelfMeasured } from "../model/self_metrics.ts";
import type { Quantiles } from "../model/snapshot.ts";
import { planWindows } from "../sketch/sliding_window.ts";
import { classicBounds } from "./series/classic_buckets.ts";
import { Distribution } from "./series/distribution.ts";
import type { DistributionSpec } from "./series/distribution_spec.ts";

const BUCKETS: readonly number[] = [1e-5, 1e-4, 0.001, 0.01, 0.1, 1];
const SCHEMA = 6;
const SPEC: DistributionSpec = { schema: SCHEMA, classic: classicBounds(BUCKETS, SCHEMA), plan: planWindows([]) };

/** Durations of one kind of work. */
export class WorkTimes implements SelfMeasured {
  readonly #name: string;
  readonly #help: string;
  readonly #distribution: Distribution = new Distribution({}, SPEC, 0);

  /** @param name Exposed name of the durations, which ends in `_seconds` */
  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  /** Number of durations. */
  get count(): number {
    return this.#distribution.count;
  }

  /** Quantiles since the start, in seconds. */
  get quantiles(): Quantiles {
    return this.#distribution.snapshot(0).quantiles;
  }

  /** Counts a duration. */
  record(seconds: number): void {
    this.#distribution.record(seconds, 1, 0);
  }

  selfMetrics(): MetricFamily[] {
    return [{
      type: "histogram",
      name: this.#name,
      unit: "seconds",
      help: this.#help,
      owner: this.#distribution,
      bounds: BUCKETS,
      points: [this.#distribution],
    }];
  }
}
