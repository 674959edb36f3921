/**
 * Gauges: numbers that go up and down. A gauge is one cell that its thread writes, directly or by a callback at each
 * drain.
 *
 * @module
 */

import type { GaugeAggregator } from "../model/model.ts";
import type { Recorder } from "../record/recorder.ts";
import { CHUNK_CELLS } from "../ring/cells.ts";
import { Count } from "../ring/layout.ts";
import { wallMs } from "../platform/wall_clock.ts";
import type { Sequence } from "../ring/sequence.ts";
import { CellHandle } from "./bound.ts";
import type { InstrumentFamily } from "./family.ts";
import { countRejected } from "./rejected.ts";

/**
 * Number that goes up and down. A change to a value that is not finite is rejected and counted in
 * `hotpath_records_rejected_total`, so a gauge is a number in JSON too. Never throws.
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
  /** Adds an amount to the value, 1 by default. */
  inc(amount?: number): void;
  /** Subtracts an amount from the value, 1 by default. */
  dec(amount?: number): void;
  /**
   * Sets the value to the current time, in seconds since the epoch.
   *
   * @example Time of the last success
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics({ aggregation: "inline" });
   * const success = metrics.gauge("last_success_timestamp", { unit: "seconds" });
   * const before = Date.now() / 1_000;
   * success.setToCurrentTime();
   * const { metrics: [{ series: [last] }] } = await metrics.snapshot();
   * assertEquals("value" in last && last.value >= before && last.value <= Date.now() / 1_000, true);
   * ```
   */
  setToCurrentTime(): void;
  /** Sets the value to zero. */
  reset(): void;
}

/** Gauge with labels. */
export type GaugeFamily<Label extends string> = InstrumentFamily<Label, Gauge>;

/** Options of a gauge. */
export interface GaugeOptions {
  /** Description of what it measures, in one sentence. */
  readonly help?: string;
  /** Base unit, such as `"bytes"`; none by default. */
  readonly unit?: string;
  /** Label names; a gauge with labels records through `with`. */
  readonly labels?: readonly string[];
  /**
   * Callback that returns the value, called at each drain. Instead of returning a value, it may set the gauge, which is
   * its argument. If it returns a promise, it is called again a second after that has settled, or at the next read.
   * `snapshot`, `scrape`, `flush` and `close` wait for the promise, 1 s at most, and then use the last value.
   *
   * A throw, a rejection, each second that a promise is pending, and a number that is not finite leave the gauge
   * unchanged and are counted in `hotpath_records_rejected_total`. A callback that reads the metrics is counted there
   * too, and receives the last values. A second definition of the gauge replaces the callback; one without a callback
   * keeps it.
   *
   * @example Read a queue when it is needed
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
   * Combination of the values of several threads: their `"sum"`, the value that was set `"last"`, the `"min"`, the `"max"`
   * or the `"average"`. Except in a sum, the value of a thread counts from the first time that it is set.
   *
   * @default {"sum"}
   */
  readonly aggregator?: GaugeAggregator;
}

/** Options of a gauge with labels. */
export interface GaugeFamilyOptions<Label extends string> extends Omit<GaugeOptions, "labels" | "collect"> {
  /** Label names. */
  readonly labels: readonly Label[];
  /**
   * Callback that sets the values of the family, its argument, and removes outdated series; called at each drain. It may
   * return a promise, and fail, like that of a gauge without labels; values that it has set before a failure stay.
   *
   * @example Read all queues
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

/** Series of a gauge. */
export class CellGauge extends CellHandle implements Gauge {
  /** Creates a series of an instrument; `undefined` creates the overflow series. */
  constructor(recorder: Recorder, instrument: number, labelValues: readonly string[] | undefined) {
    super(recorder, instrument, labelValues, 0);
  }

  set(value: number): void {
    if (this.gate[0] === 0) return;
    if (Number.isFinite(value)) this.cells[this.index] = value;
    else this.refuse(value);
  }

  inc(amount: number = 1): void {
    if (typeof amount === "number") {
      const value = this.cells[this.index] + amount * this.gate[0];
      // False for NaN and both infinities: subtracted from themselves, they are NaN.
      if (value - value === 0) {
        this.cells[this.index] = value;
        return;
      }
    }
    this.refuse(amount);
  }

  dec(amount: number = 1): void {
    if (typeof amount === "number") {
      const value = this.cells[this.index] - amount * this.gate[0];
      if (value - value === 0) {
        this.cells[this.index] = value;
        return;
      }
    }
    this.refuse(amount);
  }

  setToCurrentTime(): void {
    this.set(wallMs() / 1_000);
  }

  override detach(isOverflow?: boolean): void {
    super.detach(isOverflow);
    // A separate class, so that live handles need not check whether they are removed.
    Object.setPrototypeOf(this, RemovedGauge.prototype);
  }

  /** Counts a rejected value. A separate method, so that V8 has room to inline the path of valid ones. */
  protected refuse(value: number): void {
    // A finite amount would raise the value above the largest double.
    if (this.gate[0] !== 0) countRejected(this.counts, Number.isFinite(value) ? Infinity : value, Count.nan);
  }
}

/** Series of a gauge whose combined value depends on whether, and in which order, threads have set it. */
export class StampedGauge extends CellGauge {
  readonly #sequence: Sequence;

  /** Creates a series of an instrument; `undefined` creates the overflow series. */
  constructor(recorder: Recorder, instrument: number, labelValues: readonly string[] | undefined) {
    super(recorder, instrument, labelValues);
    this.#sequence = recorder.sequence;
  }

  override set(value: number): void {
    super.set(value);
    if (Number.isFinite(value)) this.#stamp();
  }

  override inc(amount: number = 1): void {
    super.inc(amount);
    if (Number.isFinite(amount)) this.#stamp();
  }

  override dec(amount: number = 1): void {
    super.dec(amount);
    if (Number.isFinite(amount)) this.#stamp();
  }

  /** Sets the value to zero. It does not count until it is set again. */
  override reset(): void {
    super.reset();
    this.cells[this.index + CHUNK_CELLS] = 0;
  }

  #stamp(): void {
    if (this.gate[0] === 0) return;
    this.cells[this.index + CHUNK_CELLS] = this.#sequence.next();
  }
}

/** Gauge whose series is removed. */
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
