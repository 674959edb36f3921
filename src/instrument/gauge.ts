/**
 * Gauges: numbers that go up and down. A gauge is one cell that its thread writes, or a callback
 * that is asked at each drain.
 *
 * @module
 */

import { DISABLED } from "../ring/control.ts";
import { Count } from "../ring/layout.ts";
import { CellHandle } from "./bound.ts";
import type { InstrumentFamily } from "./family.ts";
import { countRejected } from "./rejected.ts";

/**
 * A number that goes up and down. Values that are not finite are left out and counted in
 * `hotpath_records_rejected_total`; nothing here throws.
 *
 * @example Follow a queue
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const depth = metrics.gauge("queue_depth", { help: "Queued events" });
 * depth.set(12);
 * depth.dec(2);
 * const snapshot = await metrics.snapshot();
 * assertEquals(snapshot.metrics[0].series[0], { labels: {}, value: 10 });
 * ```
 */
export interface Gauge {
  /** Sets the value. */
  set(value: number): void;
  /** Adds to the value, 1 by default. */
  inc(amount?: number): void;
  /** Takes from the value, 1 by default. */
  dec(amount?: number): void;
  /** Sets the value to zero. */
  reset(): void;
}

/** A gauge with labels. */
export type GaugeFamily<Label extends string> = InstrumentFamily<Label, Gauge>;

/** What can be said of a gauge. */
export interface GaugeOptions {
  /** What it measures, in one sentence. */
  readonly help?: string;
  /** Its unit, in base units such as `"bytes"`; none by default. */
  readonly unit?: string;
  /** The label names; with labels, recording goes through `with`. */
  readonly labels?: readonly string[];
  /**
   * Called at each drain for the value. One that throws, or gives no finite number, leaves the
   * gauge as it was and is counted in `hotpath_records_rejected_total`.
   *
   * @example Ask instead of tell
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * const queue = ["a", "b"];
   * await using metrics = createMetrics({ aggregation: "inline" });
   * metrics.gauge("queue_depth", { collect: () => queue.length });
   * const snapshot = await metrics.snapshot();
   * assertEquals(snapshot.metrics[0].series[0], { labels: {}, value: 2 });
   * ```
   */
  readonly collect?: () => number;
}

/** A gauge's series. */
export class CellGauge extends CellHandle implements Gauge {
  /** See {@linkcode Gauge.set}. */
  set(value: number): void {
    if (this.control[0] === DISABLED) return;
    if (Number.isFinite(value)) this.cells[this.index] = value;
    else countRejected(this.counts, value, Count.nan);
  }

  /** See {@linkcode Gauge.inc}. */
  inc(amount: number = 1): void {
    if (this.control[0] === DISABLED) return;
    if (Number.isFinite(amount)) this.cells[this.index] += amount;
    else countRejected(this.counts, amount, Count.nan);
  }

  /** See {@linkcode Gauge.dec}. */
  dec(amount: number = 1): void {
    if (this.control[0] === DISABLED) return;
    if (Number.isFinite(amount)) this.cells[this.index] -= amount;
    else countRejected(this.counts, amount, Count.nan);
  }
}
