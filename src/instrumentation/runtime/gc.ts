/**
 * Counts and times garbage collections. V8's profiler tells of them only when it is stopped, so profilers take turns:
 * the next one is started before the one before is stopped, and no collection falls in between. What both have seen is
 * counted once.
 *
 * @module
 */

import type { Collection, GcProfiler } from "../../platform/node_builtins.ts";

/** By V8's word for it: the kind, as other Prometheus clients name it. */
const KINDS: Readonly<Record<string, string>> = {
  Scavenge: "minor",
  MinorMarkSweep: "minor",
  MarkSweepCompact: "major",
  IncrementalMarking: "incremental",
  ProcessWeakCallbacks: "weakcb",
};
const NANOSECONDS_PER_SECOND = 1e9;

/** Told of a collection. */
export type ObserveCollection = (kind: string, seconds: number) => void;

/** Watches the garbage collector until it is closed. */
export class GcWatch {
  readonly #createProfiler: () => GcProfiler;
  readonly #observe: ObserveCollection;
  #profiler: GcProfiler;
  /** What the profiler before has seen, oldest first. */
  #before: readonly string[] = [];

  /** Begins. */
  constructor(createProfiler: () => GcProfiler, observe: ObserveCollection) {
    this.#createProfiler = createProfiler;
    this.#observe = observe;
    this.#profiler = this.#startProfiler();
  }

  /** Tells of all collections up to now. */
  rotate(): void {
    const previous = this.#profiler;
    this.#profiler = this.#startProfiler();
    this.#tell(previous);
  }

  /** Tells of the last collections and ends. */
  close(): void {
    this.#tell(this.#profiler);
  }

  #startProfiler(): GcProfiler {
    const profiler = this.#createProfiler();
    profiler.start();
    return profiler;
  }

  #tell(profiler: GcProfiler): void {
    const { statistics } = profiler.stop();
    const seen = statistics.map(markOf);
    const fresh = statistics.slice(overlapOf(this.#before, seen));
    this.#before = seen;
    for (const { gcType, cost } of fresh) this.#observe(KINDS[gcType] ?? "other", cost / NANOSECONDS_PER_SECOND);
  }
}

/** What two profilers tell of one collection in the same words: V8 measures it once for all. */
function markOf({ gcType, cost, beforeGC, afterGC }: Collection): string {
  return `${gcType} ${cost} ${beforeGC.heapStatistics.usedHeapSize} ${afterGC.heapStatistics.usedHeapSize}`;
}

/** How many at the end of one list stand at the start of the next. */
function overlapOf(before: readonly string[], after: readonly string[]): number {
  for (let count = Math.min(before.length, after.length); count > 0; count--) {
    const start = before.length - count;
    if (after.slice(0, count).every((mark, i) => mark === before[start + i])) return count;
  }
  return 0;
}
