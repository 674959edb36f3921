/**
 * Counts and times garbage collections. V8's profiler reports them only when it is stopped, so profilers overlap: the
 * next one is started before the previous one is stopped, and no collection is missed. Collections that both report are
 * counted once.
 *
 * @module
 */

import type { Collection, GcProfiler } from "../../platform/node_builtins.ts";

/** Kinds of collections as other Prometheus clients name them, by V8's name. */
const KINDS: Readonly<Record<string, string>> = {
  Scavenge: "minor",
  MinorMarkSweep: "minor",
  MarkSweepCompact: "major",
  IncrementalMarking: "incremental",
  ProcessWeakCallbacks: "weakcb",
};
const NANOSECONDS_PER_SECOND = 1e9;

/** Called with each collection. */
export type ObserveCollection = (kind: string, seconds: number) => void;

/** Watches the garbage collector until it is closed. */
export class GcWatch {
  readonly #createProfiler: () => GcProfiler;
  readonly #observe: ObserveCollection;
  #profiler: GcProfiler;
  /** Collections that the previous profiler reported, oldest first. */
  #before: readonly string[] = [];

  /** Starts the first profiler. */
  constructor(createProfiler: () => GcProfiler, observe: ObserveCollection) {
    this.#createProfiler = createProfiler;
    this.#observe = observe;
    this.#profiler = this.#startProfiler();
  }

  /** Reports all collections up to now. */
  rotate(): void {
    const previous = this.#profiler;
    this.#profiler = this.#startProfiler();
    this.#report(previous);
  }

  /** Reports the last collections and stops. */
  close(): void {
    this.#report(this.#profiler);
  }

  #startProfiler(): GcProfiler {
    const profiler = this.#createProfiler();
    profiler.start();
    return profiler;
  }

  #report(profiler: GcProfiler): void {
    const { statistics } = profiler.stop();
    const marks = statistics.map(markOf);
    const fresh = statistics.slice(overlapOf(this.#before, marks));
    this.#before = marks;
    for (const { gcType, cost } of fresh) this.#observe(KINDS[gcType] ?? "other", cost / NANOSECONDS_PER_SECOND);
  }
}

/** Returns a text that is the same for two reports of one collection: V8 measures it once for all profilers. */
function markOf({ gcType, cost, beforeGC, afterGC }: Collection): string {
  return `${gcType} ${cost} ${beforeGC.heapStatistics.usedHeapSize} ${afterGC.heapStatistics.usedHeapSize}`;
}

/** Returns the number of elements at the end of one list that are also the start of the next. */
function overlapOf(before: readonly string[], after: readonly string[]): number {
  for (let count = Math.min(before.length, after.length); count > 0; count--) {
    const start = before.length - count;
    if (after.slice(0, count).every((mark, i) => mark === before[start + i])) return count;
  }
  return 0;
}
