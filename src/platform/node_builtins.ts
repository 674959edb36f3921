/**
 * Parts of `node:process` and `node:v8`. Both modules are loaded on first use, which takes some 20 ms, so that a
 * program that collects nothing does not pay for them, as it would with an import.
 *
 * @module
 */

/** Part of `node:process` that is used. */
export interface NodeProcess {
  /** CPU time of the process in microseconds. */
  cpuUsage(): { readonly user: number; readonly system: number };
  /** Seconds since the process started, the same on every thread. */
  uptime(): number;
  /** Loads a built-in module. */
  getBuiltinModule(name: string): unknown;
  /** Adds a listener to the end of the program. */
  on(type: "beforeExit" | "exit", listener: () => void): void;
  /** Removes a listener. */
  off(type: "beforeExit" | "exit", listener: () => void): void;
}

/** One garbage collection. */
export interface Collection {
  /** Name of the kind of collection in V8. */
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
  /** Statistics of all spaces together, in bytes. */
  readonly heapStatistics: { readonly usedHeapSize: number };
}

/** Profiler that records the collections between `start` and `stop`. */
export interface GcProfiler {
  /** Starts recording. */
  start(): void;
  /** Stops, and returns the collections. */
  stop(): { readonly statistics: readonly Collection[] };
}

/** Part of `node:v8` that is used. */
export interface V8 {
  /** Creates a profiler. */
  readonly GCProfiler: new () => GcProfiler;
  /** Returns the size of the heap, in bytes. */
  getHeapStatistics(): {
    readonly used_heap_size: number;
    readonly total_heap_size: number;
    readonly external_memory: number;
  };
  /** Returns the sizes of the heap's spaces, in bytes. */
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
