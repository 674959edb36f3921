/**
 * The parts of `node:process` and `node:v8` that are used. Both are loaded on first use, which takes some 20 ms: a
 * program that collects nothing does not pay for it, as it would for an import.
 *
 * @module
 */

/** The part of `node:process` that is used. */
export interface NodeProcess {
  /** CPU time of the process in microseconds. */
  cpuUsage(): { readonly user: number; readonly system: number };
  /** Seconds since the process started, the same on every thread. */
  uptime(): number;
  /** Loads a built-in module. */
  getBuiltinModule(name: string): unknown;
}

/** One garbage collection. */
export interface Collection {
  /** V8's name of its kind. */
  readonly gcType: string;
  /** Duration in nanoseconds; microseconds in Node. */
  readonly cost: number;
  /** The heap before it. */
  readonly beforeGC: HeapState;
  /** The heap after it. */
  readonly afterGC: HeapState;
}

/** State of the heap. */
export interface HeapState {
  /** All spaces together, in bytes. */
  readonly heapStatistics: { readonly usedHeapSize: number };
}

/** Records the collections between `start` and `stop`. */
export interface GcProfiler {
  /** Starts recording. */
  start(): void;
  /** Stops, and returns the collections. */
  stop(): { readonly statistics: readonly Collection[] };
}

/** The part of `node:v8` that is used. */
export interface V8 {
  /** Makes a profiler. */
  readonly GCProfiler: new () => GcProfiler;
  /** Size of the heap, in bytes. */
  getHeapStatistics(): {
    readonly used_heap_size: number;
    readonly total_heap_size: number;
    readonly external_memory: number;
  };
  /** Sizes of its spaces, in bytes. */
  getHeapSpaceStatistics(): readonly {
    readonly space_name: string;
    readonly space_used_size: number;
    readonly space_size: number;
  }[];
}

/** Returns `node:process`. */
export function loadProcess(): NodeProcess {
  return (globalThis as unknown as { process: NodeProcess }).process;
}

/** Returns `node:v8`. */
export function loadV8(): V8 {
  return loadProcess().getBuiltinModule("node:v8") as V8;
}
