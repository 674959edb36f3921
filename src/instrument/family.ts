/**
 * A family: an instrument with labels, and a handle for each label set that was asked for. Past the
 * cap on series, all new label sets share one overflow handle.
 *
 * @module
 */

import type { BoundHandle } from "./bound.ts";
import { type LabelSet, labelValues } from "./labels.ts";
import { copyText, cutText } from "./text.ts";
import { Catalog } from "../record/catalog.ts";
import type { Recorder } from "../record/recorder.ts";
import { Count } from "../ring/layout.ts";

/** What an instrument with labels offers; `Handle` is what one label set records through. */
export interface InstrumentFamily<Label extends string, Handle> {
  /**
   * The handle of a label set. Keep it where you record often: it saves the look-up. Of values that are longer than
   * `labelValueMax` only the start counts, which is counted in `hotpath_label_values_truncated_total`. Lone surrogates,
   * which no format can write, become U+FFFD.
   *
   * @param labels A value for each label
   * @throws {TypeError} If a label is missing, or the label set is new and has one that is unknown
   */
  with(labels: LabelSet<Label>): Handle;
  /**
   * Removes the series of a label set. Handles to it record nothing any more, and what they are offered is counted in
   * `hotpath_records_rejected_total` as `removed`; ask for a new one.
   * If other threads use it too, only this thread's part of a counter or gauge goes; a distribution
   * stays as it is until the last of them removes it.
   *
   * @param labels A value for each label
   * @returns Whether there was such a series
   * @throws {TypeError} If a label is missing or unknown
   */
  remove(labels: LabelSet<Label>): boolean;
  /**
   * Removes the series of all label sets, as {@linkcode InstrumentFamily.remove} does. A `collect` callback had better
   * remove those that have gone: a scrape may come after a `clear` and before the values are set again.
   *
   * @example Begin again
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
   * Starts all series again from zero; handles stay good. Counters and gauges of other threads go on,
   * distributions start again for all threads.
   */
  reset(): void;
}

/** Makes the handle of a label set, or with `undefined` that of the overflow series. */
export type BindSeries<Handle> = (labelValues: readonly string[] | undefined) => Handle;

/** The handles of one instrument. */
export class Family<Label extends string, Handle extends BoundHandle> implements InstrumentFamily<Label, Handle> {
  readonly #name: string;
  readonly #labelNames: readonly string[];
  readonly #recorder: Recorder;
  readonly #bind: BindSeries<Handle>;
  readonly #catalog: Catalog<Handle>;
  #overflow: Handle | undefined;
  /** What stands for all label sets once the family is removed. */
  #removed: Handle | undefined;

  /** Without series. */
  constructor(name: string, labelNames: readonly string[], recorder: Recorder, bind: BindSeries<Handle>) {
    this.#name = name;
    this.#labelNames = labelNames;
    this.#recorder = recorder;
    this.#bind = bind;
    this.#catalog = new Catalog(labelNames);
  }

  /** See {@linkcode InstrumentFamily.with}. */
  with(labels: LabelSet<Label>): Handle {
    return this.#catalog.find(labels) ?? this.#findOrAdd(labels);
  }

  /** See {@linkcode InstrumentFamily.remove}. */
  remove(labels: LabelSet<Label>): boolean {
    const values = this.#valuesOf(labels);
    const handle = this.#catalog.get(values);
    if (handle === undefined) return false;
    this.#catalog.delete(values);
    handle.detach();
    return true;
  }

  /** See {@linkcode InstrumentFamily.clear}. */
  clear(): void {
    for (const handle of this.#catalog.handles()) handle.detach();
    this.#catalog.clear();
    this.#overflow?.detach(true);
    this.#overflow = undefined;
  }

  /** Removes all series, and has no others from now on: what is asked for is a handle of one that is removed. */
  end(): void {
    const handle = this.#catalog.handles().next().value ?? (this.#overflow ??= this.#bind(undefined));
    this.clear();
    this.#removed = handle;
  }

  /** See {@linkcode InstrumentFamily.reset}. */
  reset(): void {
    for (const handle of this.#catalog.handles()) handle.reset();
    this.#overflow?.reset();
  }

  /** All handles, and their label values; `undefined` for the overflow series. */
  *entries(): Generator<[labelValues: readonly string[] | undefined, handle: Handle]> {
    yield* this.#catalog.entries();
    if (this.#overflow !== undefined) yield [undefined, this.#overflow];
  }

  /** For a label set that is new, or has a value that is known only once it is cut. */
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
