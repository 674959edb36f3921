/**
 * Counters: numbers that only go up. A counter is one cell that its thread adds to; it uses no ring slot and is exact.
 *
 * @module
 */

import type { Labels } from "../model/model.ts";
import type { Recorder } from "../record/recorder.ts";
import { CHUNK_CELLS } from "../ring/cells.ts";
import { Count } from "../ring/layout.ts";
import { wallMs } from "../platform/wall_clock.ts";
import { CellHandle } from "./bound.ts";
import type { InstrumentFamily } from "./family.ts";
import { countRejected } from "./rejected.ts";

/**
 * Number that only goes up. Sums of whole numbers are exact up to 2⁵³, as in Prometheus, whose samples are doubles too.
 * Larger sums are rounded, and an amount below half of the distance between two doubles does not change them.
 *
 * @example Count orders
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const orders = metrics.counter("orders_total", { help: "Orders sent" });
 * orders.inc();
 * orders.inc(2);
 * const snapshot = await metrics.snapshot();
 * assertEquals(snapshot.metrics[0].series[0], { labels: {}, value: 3 });
 * ```
 */
export interface Counter {
  /**
   * Adds to the counter. Never throws: an amount that is negative, NaN or infinite, or would raise the sum above the
   * largest double, is rejected and counted in `hotpath_records_rejected_total`.
   *
   * @param amount Amount to add, 1 by default
   */
  inc(amount?: number): void;
  /**
   * Adds to the counter, with an exemplar. The last exemplar of a series is exposed in OpenMetrics and protobuf. Never
   * throws: an exemplar with an invalid label is rejected and counted in `hotpath_exemplars_rejected_total`; the amount
   * is still added.
   *
   * @param amount Amount to add
   * @param exemplar Labels such as the id of a trace: at most 128 code points, names and values together
   *
   * @example Link an order to its trace
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics({ aggregation: "inline" });
   * const orders = metrics.counter("orders_total", { help: "Orders sent" });
   * orders.incWithExemplar(2, { trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" });
   * const snapshot = await metrics.snapshot();
   * assertEquals(snapshot.metrics[0].series[0], { labels: {}, value: 2 });
   * ```
   */
  incWithExemplar(amount: number, exemplar: Labels): void;
  /** Resets the counter to zero. */
  reset(): void;
}

/**
 * Counter with labels.
 *
 * @example A handle for each label set
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const orders = metrics.counter("orders_total", { labels: ["pair", "side"] });
 * const buys = orders.with({ pair: "BTC-USD", side: "buy" });
 * buys.inc();
 * const snapshot = await metrics.snapshot();
 * assertEquals(snapshot.metrics[0].series[0], { labels: { pair: "BTC-USD", side: "buy" }, value: 1 });
 * ```
 */
export type CounterFamily<Label extends string> = InstrumentFamily<Label, Counter>;

/** Options of a counter. */
export interface CounterOptions {
  /** Description of what it counts, in one sentence. */
  readonly help?: string;
  /** Base unit of the counted amounts, such as `"bytes"`; none by default. */
  readonly unit?: string;
  /** Label names; a counter with labels records through `with`. */
  readonly labels?: readonly string[];
}

/** Series of a counter. */
export class CellCounter extends CellHandle implements Counter {
  /** Creates a series of an instrument; `undefined` creates the overflow series. */
  constructor(recorder: Recorder, instrument: number, labelValues: readonly string[] | undefined) {
    super(recorder, instrument, labelValues, wallMs());
  }

  inc(amount: number = 1): void {
    if (typeof amount === "number" && amount >= 0) {
      const sum = this.cells[this.index] + amount * this.gate[0];
      if (sum < Infinity) {
        this.cells[this.index] = sum;
        return;
      }
    }
    this.refuse(amount);
  }

  incWithExemplar(amount: number = 1, exemplar: Labels): void {
    const isValid = typeof amount === "number" && amount >= 0 && this.cells[this.index] + amount < Infinity;
    this.inc(amount);
    if (isValid && this.gate[0] !== 0) this.offerExemplar(amount, exemplar);
  }

  override detach(isOverflow?: boolean): void {
    super.detach(isOverflow);
    // A separate class, so that live handles need not check whether they are removed.
    Object.setPrototypeOf(this, RemovedCounter.prototype);
  }

  override reset(): void {
    super.reset();
    this.cells[this.index + CHUNK_CELLS] = wallMs();
  }

  /** Counts a rejected amount. A separate method, so that V8 has room to inline the addition of valid ones. */
  protected refuse(amount: number): void {
    if (this.gate[0] === 0) return;
    const isTooLarge = typeof amount === "number" && amount >= 0;
    countRejected(this.counts, isTooLarge ? Infinity : amount, Count.counterDecrement);
  }
}

/** Counter whose series is removed. */
class RemovedCounter extends CellCounter {
  override inc(): void {
    this.countRemoved();
  }

  override incWithExemplar(): void {
    this.countRemoved();
  }
}
