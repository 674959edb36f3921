/**
 * Common part of all series of a histogram, timer or summary.
 *
 * @module
 */

import type { SketchName } from "../../model/model.ts";
import type { WindowPlan } from "../../sketch/sliding_window.ts";
import type { ClassicBounds } from "./classic_buckets.ts";
import type { SloSpec } from "./slo.ts";

/** Window of a plan. */
export type PlannedWindow = WindowPlan["windows"][number];

/** Common part of all series of a family. */
export interface DistributionSpec {
  /** Resolution of the sketch. */
  readonly schema: number;
  /**
   * Kind of the sketch.
   *
   * @default {"exponential"}
   */
  readonly sketch?: SketchName;
  /** Bounds of the classic buckets. */
  readonly classic: ClassicBounds;
  /** Sliding windows. */
  readonly plan: WindowPlan;
  /**
   * Reported quantiles, ascending.
   *
   * @default {[0.5, 0.9, 0.95, 0.99, 0.999]}
   */
  readonly quantiles?: readonly number[];
  /** Service level objective; none by default. */
  readonly slo?: SloSpec;
  /**
   * Milliseconds without a value after which a series is reset.
   *
   * @default {Infinity}
   */
  readonly idleTtlMs?: number;
}
