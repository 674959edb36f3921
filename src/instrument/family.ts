/**
 * Families: instruments with labels, with a handle for each label set in use. Beyond the cap on series, all new label
 * sets share one overflow handle.
 *
 * @module
 */

import type { BoundHandle } from "./bound.ts";
import { type LabelSet, labelValues } from "./labels.ts";
import { copyText, cutText } from "./text.ts";
import { Catalog } from "../record/catalog.ts";
import type { Recorder } from "../record/recorder.ts";
import { Count } from "../ring/layout.ts";

/** Instrument with labels. A `Handle` records the series of one label set. */
export interface InstrumentFamily<Label extends string, Handle> {
  /**
   * Returns the handle of a label set. Keep the handle where you record often, which saves the look-up. Values longer
   * than `labelValueMax` are truncated, and counted in `hotpath_label_values_truncated_total`. Lone surrogates, which
   * no format can write, become U+FFFD.
   *
   * @param labels Value of each label
   * @throws {TypeError} If a label is missing, or the label set is new and has an unknown one
   */
  with(labels: LabelSet<Label>): Handle;
  /**
   * Removes the series of a label set. Its handles record nothing afterwards; their calls are rejected, and counted in
   * `hotpath_records_rejected_total` as `removed`. If other threads use the series too, only this thread's part of a
   * counter or gauge is removed; a distribution stays until the last of them removes it.
   *
   * @param labels Value of each label
   * @returns Whether the series existed
   * @throws {TypeError} If a label is missing or unknown
   */
  remove(labels: LabelSet<Label>): boolean;
  /**
   * Removes the series of all label sets, as {@linkcode InstrumentFamily.remove} does. In a `collect` callback, prefer to
   * remove outdated series: a scrape may come between a `clear` and the values that follow.
   *
   * @example Start over
   * ```ts
   * import { assertEquals } from "@std/assert";
   * import { createMetrics } from "@hotpath/metrics";
   *
   * await using metrics = createMetrics({ aggregation: "inline" });
   * const depth = metrics.gauge("queue_depth", { labels: ["queue"] });
   * depth.with({ queue: "in" }).set(3);
   * depth.clear();
   * depth.with({ queue: "out" }).set(1);
   * const snapshot = await metrics.snapshot();
   * assertEquals(snapshot.metrics[0].series, [{ labels: { queue: "out" }, value: 1 }]);
   * ```
   */
  clear(): void;
  /**
   * Resets all series; handles stay valid. Counters and gauges of other threads keep their values, distributions are
   * reset for all threads.
   */
  reset(): void;
}

/** Creates the handle of a label set, or with `undefined` that of the overflow series. */
export type BindSeries<Handle> = (labelValues: readonly string[] | undefined) => Handle;

/** Handles of one instrument. */
export class Family<Label extends string, Handle extends BoundHandle> implements InstrumentFamily<Label, Handle> {
  readonly #name: string;
  readonly #labelNames: readonly string[];
  readonly #recorder: Recorder;
  readonly #bind: BindSeries<Handle>;
  readonly #catalog: Catalog<Handle>;
  #overflow: Handle | undefined;
  /** Detached handle, used for all label sets once the family is removed. */
  #removed: Handle | undefined;

  constructor(name: string, labelNames: readonly string[], recorder: Recorder, bind: BindSeries<Handle>) {
    this.#name = name;
    this.#labelNames = labelNames;
    this.#recorder = recorder;
    this.#bind = bind;
    this.#catalog = new Catalog(labelNames);
  }

  with(labels: LabelSet<Label>): Handle {
    return this.#catalog.find(labels) ?? this.#findOrAdd(labels);
  }

  remove(labels: LabelSet<Label>): boolean {
    const values = this.#valuesOf(labels);
    const handle = this.#catalog.get(values);
    if (handle === undefined) return false;
    this.#catalog.delete(values);
    handle.detach();
    return true;
  }

  clear(): void {
    for (const handle of this.#catalog.handles()) handle.detach();
    this.#catalog.clear();
    this.#overflow?.detach(true);
    this.#overflow = undefined;
  }

  /** Removes all series, and returns handles of removed series afterwards. */
  end(): void {
    const handle = this.#catalog.handles().next().value ?? (this.#overflow ??= this.#bind(undefined));
    this.clear();
    this.#removed = handle;
  }

  reset(): void {
    for (const handle of this.#catalog.handles()) handle.reset();
    this.#overflow?.reset();
  }

  /** Yields all handles and their label values; `undefined` for the overflow series. */
  *entries(): Generator<[labelValues: readonly string[] | undefined, handle: Handle]> {
    yield* this.#catalog.entries();
    if (this.#overflow !== undefined) yield [undefined, this.#overflow];
  }

  /** Finds or adds a label set that is new, or has a value to truncate. */
  #findOrAdd(labels: LabelSet<Label>): Handle {
    const values = this.#valuesOf(labels);
    return this.#catalog.get(values) ?? this.#add(values);
  }

  #add(values: readonly string[]): Handle {
    if (this.#removed !== undefined) return this.#removed;
    if (!this.#recorder.hasRoom) {
      this.#recorder.counts[Count.overflowed] += 1;
      return this.#overflow ??= this.#bind(undefined);
    }
    const kept = values.map(copyText);
    const handle = this.#bind(kept);
    this.#catalog.add(kept, handle);
    return handle;
  }

  #valuesOf(labels: LabelSet<Label>): readonly string[] {
    const { counts, labelValueMax } = this.#recorder;
    return labelValues(this.#name, this.#labelNames, labels).map((value) => {
      const start = cutText(value, labelValueMax);
      if (start.length < value.length) counts[Count.labelValueTruncated] += 1;
      return start;
    });
  }
}
