/**
 * The aggregator's own series: numbers about the process, read when somebody looks. They are series as any other, so
 * all formats have them, and an instrument of the same name is refused.
 *
 * @module
 */

import { isMissingPermission } from "../../platform/permissions.ts";
import { type ProcessNumber, processNumbers } from "./process_numbers.ts";
import type { Share } from "../series/scalar.ts";
import type { ScalarFamily } from "../series/scalar_family.ts";
import type { SeriesStore } from "../series/store.ts";

interface Entry {
  readonly number: ProcessNumber;
  readonly family: ScalarFamily;
  readonly share: Share;
  /** Whether it has a series; not before it was read. */
  isShown: boolean;
  /** Whether it may not be read, and is not tried again. */
  isRefused: boolean;
}

/** Numbers about the process, in a store. */
export class ProcessMetrics {
  readonly #entries: readonly Entry[];

  /** Defines them in a store that has nothing of these names. */
  constructor(store: SeriesStore, numbers: readonly ProcessNumber[] = processNumbers()) {
    // Values, and behind them since when they count.
    const cells = Float64Array.from([...numbers.map(() => 0), ...numbers.map(({ createdMs }) => createdMs)]);
    this.#entries = numbers.map((number, index) => ({
      number,
      // What never changes, such as the start time, is not idle.
      family: store.define(number.definition, Number.POSITIVE_INFINITY) as ScalarFamily,
      share: { thread: { isPresent: true }, cells, index, stampIndex: numbers.length + index },
      isShown: false,
      isRefused: false,
    }));
  }

  /** Reads all of them. One that fails for another reason than a permission keeps its value. */
  read(): void {
    for (const entry of this.#entries) if (!entry.isRefused) this.#read(entry);
  }

  /** What may not be read: by name, the permission that is missing. */
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
