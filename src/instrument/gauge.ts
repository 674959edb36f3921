/**
 * Gauges: numbers that go up and down. A gauge is one cell that its thread writes, by itself or in a callback
 * that is asked at each drain.
 *
 * @module
 */

import type { GaugeAggregator } from "../model/model.ts";
import type { Recorder } from "../record/recorder.ts";
import { CHUNK_CELLS } from "../ring/cells.ts";
import { Count } from "../ring/layout.ts";
import type { Sequence } from "../ring/sequence.ts";
import { CellHandle } from "./bound.ts";
import type { InstrumentFamily } from "./family.ts";
import { countRejected } from "./rejected.ts";

/**
 * A number that goes up and down. A value that is not finite, or would not be after the change, is rejected and counted in
 * `hotpath_records_rejected_total`, so a gauge is a number in JSON, too; nothing here throws.
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
   * Called at each drain for the value. Instead, it may set the gauge, which it is given, and it may give a promise: then
   * it is called again once that has settled, a second later or as soon as somebody reads. A `snapshot`, `scrape`,
   * `flush` or `close` waits for it, 1 s at most, and has the last value if that is not enough.
   *
   * A throw, a rejection, each second that a promise takes, and a number that is not finite leave the gauge as it was. They
   * are counted in `hotpath_records_rejected_total`, as is a callback that reads the metrics: it gets what there is.
   * A second definition of the gauge replaces the callback; one without any keeps it.
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
  readonly collect?: (gauge: Gauge) => number | void | Promise<number | void>;
  /**
   * How the values of several threads make one: their `"sum"` (the default), the one that was set
   * `"last"`, the `"min"`, the `"max"`, or the `"average"`. Except in a sum, a thread's value takes
   * part from the first time that it is set.
   */
  readonly aggregator?: GaugeAggregator;
}

/** What can be said of a gauge with labels. */
export interface GaugeFamilyOptions<Label extends string> extends Omit<GaugeOptions, "labels" | "collect"> {
  /** The label names. */
  readonly labels: readonly Label[];
  /**
   * Called at each drain, with the family, to set the values of its series and remove those that have gone. It may give a
   * promise, and fail, as that of a gauge without labels; what it has set before a failure stays.
   *
   * @example Ask all queues
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * const queues = { in: ["a", "b"], out: ["c"] };
   * await using metrics = createMetrics({ aggregation: "inline" });
   * metrics.gauge("queue_depth", {
   *   labels: ["queue"],
   *   collect: (depth) => {
   *     for (const [queue, { length }] of Object.entries(queues)) depth.with({ queue }).set(length);
   *   },
   * });
   * const snapshot = await metrics.snapshot();
   * assertEquals(snapshot.metrics[0].series[1], { labels: { queue: "out" }, value: 1 });
   * ```
   */
  readonly collect?: (gauge: GaugeFamily<Label>) => void | Promise<void>;
}

/** A gauge's series. */
export class CellGauge extends CellHandle implements Gauge {
  /** A new series of an instrument; `undefined` is the overflow series. */
  constructor(recorder: Recorder, instrument: number, labelValues: readonly string[] | undefined) {
    super(recorder, instrument, labelValues, 0);
  }

  /** See {@linkcode Gauge.set}. */
  set(value: number): void {
    if (this.gate[0] === 0) return;
    if (Number.isFinite(value)) this.cells[this.index] = value;
    else this.refuse(value);
  }

  /** See {@linkcode Gauge.inc}. */
  inc(amount: number = 1): void {
    if (Number.isFinite(amount)) {
      // Only one end is checked, because two comparisons cost a tenth of the call. Amounts below zero that reach the
      // other end are rare: readers see the least double there.
      const value = this.cells[this.index] + amount * this.gate[0];
      if (value < Infinity) {
        this.cells[this.index] = value;
        return;
      }
    }
    this.refuse(amount);
  }

  /** See {@linkcode Gauge.dec}. */
  dec(amount: number = 1): void {
    if (Number.isFinite(amount)) {
      const value = this.cells[this.index] - amount * this.gate[0];
      if (value > -Infinity) {
        this.cells[this.index] = value;
        return;
      }
    }
    this.refuse(amount);
  }

  /** See {@linkcode BoundHandle.detach}. */
  override detach(isOverflow?: boolean): void {
    super.detach(isOverflow);
    // Another class, so that those that are there need not look whether they are.
    Object.setPrototypeOf(this, RemovedGauge.prototype);
  }

  /** Counts a value that cannot be. Apart, so that V8 has room to inline what takes the others. */
  protected refuse(value: number): void {
    // A finite amount is one that takes the value past the largest double.
    if (this.gate[0] !== 0) countRejected(this.counts, Number.isFinite(value) ? Infinity : value, Count.nan);
  }
}

/** A gauge's series for which it matters whether, and in which order, threads have set it. */
export class StampedGauge extends CellGauge {
  readonly #sequence: Sequence;

  /** A new series of an instrument; `undefined` is the overflow series. */
  constructor(recorder: Recorder, instrument: number, labelValues: readonly string[] | undefined) {
    super(recorder, instrument, labelValues);
    this.#sequence = recorder.sequence;
  }

  /** See {@linkcode Gauge.set}. */
  override set(value: number): void {
    super.set(value);
    if (Number.isFinite(value)) this.#stamp();
  }

  /** See {@linkcode Gauge.inc}. */
  override inc(amount: number = 1): void {
    super.inc(amount);
    if (Number.isFinite(amount)) this.#stamp();
  }

  /** See {@linkcode Gauge.dec}. */
  override dec(amount: number = 1): void {
    super.dec(amount);
    if (Number.isFinite(amount)) this.#stamp();
  }

  /** See {@linkcode Gauge.reset}: this thread's value takes part no more until it is set again. */
  override reset(): void {
    super.reset();
    this.cells[this.index + CHUNK_CELLS] = 0;
  }

  #stamp(): void {
    if (this.gate[0] === 0) return;
    this.cells[this.index + CHUNK_CELLS] = this.#sequence.next();
  }
}

/** A gauge whose series is removed. */
class RemovedGauge extends CellGauge {
  override set(): void {
    this.countRemoved();
  }

  override inc(): void {
    this.countRemoved();
  }

  override dec(): void {
    this.countRemoved();
  }
}
