/**
 * Metrics of the process, as series of the aggregator that are updated when they are read. All formats therefore
 * contain them, and an instrument of the same name is rejected.
 *
 * @module
 */

import { isMissingPermission } from "../../platform/permissions.ts";
import { type ProcessNumber, processNumbers } from "./process_numbers.ts";
import type { ThreadShare } from "../series/scalar.ts";
import type { ScalarFamily } from "../series/scalar_family.ts";
import type { SeriesStore } from "../series/store.ts";

interface Entry {
  readonly number: ProcessNumber;
  readonly family: ScalarFamily;
  readonly share: ThreadShare;
  /** Whether it has a series, which is created when it is first read. */
  isShown: boolean;
  /** Whether permission to read it is missing; it is not read again. */
  isRefused: boolean;
}

/** Metrics of the process in a store. */
export class ProcessMetrics {
  readonly #entries: readonly Entry[];

  /** Defines the metrics in a store, in which their names must be free. */
  constructor(store: SeriesStore, numbers: readonly ProcessNumber[] = processNumbers()) {
    // Values, then their start times.
    const cells = Float64Array.from([...numbers.map(() => 0), ...numbers.map(({ createdMs }) => createdMs)]);
    this.#entries = numbers.map((number, index) => ({
      number,
      // A constant value, such as the start time, is not idle.
      family: store.define(number.definition, Number.POSITIVE_INFINITY) as ScalarFamily,
      share: { thread: { isPresent: true }, cells, index, stampIndex: numbers.length + index },
      isShown: false,
      isRefused: false,
    }));
  }

  /** Reads all numbers. One that fails for any reason other than a permission keeps its value. */
  read(): void {
    for (const entry of this.#entries) if (!entry.isRefused) this.#read(entry);
  }

  /** Returns the missing permissions, by the names of the metrics that need them. */
  missing(): ReadonlyMap<string, string> {
    const refused = this.#entries.filter(({ isRefused }) => isRefused);
    return new Map(refused.map(({ number: { definition, needs } }) => [definition.name, needs]));
  }

  #read(entry: Entry): void {
    const { number, family, share } = entry;
    try {
      share.cells[share.index] = number.read();
    } catch (error) {
      entry.isRefused = isMissingPermission(error) && !entry.isShown;
      return;
    }
    if (entry.isShown) return;
    family.add(number.labels, share);
    entry.isShown = true;
  }
}
