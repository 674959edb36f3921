/**
 * What is used of `node:process` and `node:v8`. Both are loaded when they are first asked for, which takes some 20 ms: a
 * program that collects nothing does not pay for it, as it would for an import.
 *
 * @module
 */

/** What is used of `node:process`. */
export interface NodeProcess {
  /** Microseconds of the CPU that the process has used. */
  cpuUsage(): { readonly user: number; readonly system: number };
  /** Seconds since the process started, on whichever thread. */
  uptime(): number;
  /** A module that is built in. */
  getBuiltinModule(name: string): unknown;
}

/** One garbage collection. */
export interface Collection {
  /** V8's word for its kind. */
  readonly gcType: string;
  /** How long it took, in nanoseconds; Node gives microseconds. */
  readonly cost: number;
  /** The heap before it. */
  readonly beforeGC: HeapState;
  /** The heap after it. */
  readonly afterGC: HeapState;
}

/** The heap at one moment. */
export interface HeapState {
  /** All spaces together. */
  readonly heapStatistics: { readonly usedHeapSize: number };
}

/** Writes down collections from `start` to `stop`. */
export interface GcProfiler {
  /** Begins. */
  start(): void;
  /** Ends. */
  stop(): { readonly statistics: readonly Collection[] };
}

/** What is used of `node:v8`. */
export interface V8 {
  /** See {@linkcode GcProfiler}. */
  readonly GCProfiler: new () => GcProfiler;
  /** The heap now, in bytes. */
  getHeapStatistics(): {
    readonly used_heap_size: number;
    readonly total_heap_size: number;
    readonly external_memory: number;
  };
  /** Its spaces, in bytes. */
  getHeapSpaceStatistics(): readonly {
    readonly space_name: string;
    readonly space_used_size: number;
    readonly space_size: number;
  }[];
}

/** `node:process`. */
export function loadProcess(): NodeProcess {
  return (globalThis as unknown as { process: NodeProcess }).process;
}

/** `node:v8`. */
export function loadV8(): V8 {
  return loadProcess().getBuiltinModule("node:v8") as V8;
}
