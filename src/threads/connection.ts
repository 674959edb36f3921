/**
 * Connection that attaches another thread to the metrics: everything that the thread needs to record, in a form that
 * can be passed to `postMessage`.
 *
 * @module
 */

import { typeError } from "../check/errors.ts";
import type { MetricsPort } from "../api/metrics_port.ts";
import type { RecordSettings } from "../model/settings.ts";
import { isSharedChunk } from "../ring/cells.ts";
import { CONTROL_BYTES } from "../ring/control.ts";
import { DOORBELL_BYTES } from "../ring/doorbell.ts";
import { claimWriter, hasWriter, isSharedRing } from "../ring/layout.ts";
import { SEQUENCE_BYTES } from "../ring/sequence.ts";
import type { ThreadMemory } from "../record/thread_memory.ts";

/** Number of ports: one to the aggregator, one to the main thread. */
const PORTS_COUNT = 2;
/** Sizes in bytes of the members of {@linkcode SharedState} that are shared memory. */
const SHARED_BYTES = { doorbell: DOORBELL_BYTES, sequence: SEQUENCE_BYTES, control: CONTROL_BYTES } as const;
/** Other members of {@linkcode SharedState}, each with its `typeof`. */
const SHARED_TYPES = {
  overflow: "string",
  defaults: "object",
  clock: "string",
  drainIntervalMs: "number",
  seriesMax: "number",
  labelValueMax: "number",
  tracer: "object",
} as const satisfies Partial<Record<keyof SharedState, string>>;

/** State that all recording threads share: their settings, and their common memory. */
export interface SharedState extends RecordSettings, ThreadMemory {
  /** Name of the clock of timings; `"injected"` for an injected clock, which cannot be posted. */
  readonly clock: string;
}

/** {@linkcode MetricsPort} with all its data. */
export interface Connection extends MetricsPort {
  /** Ring of the thread. */
  readonly ring: ArrayBufferLike;
  /** Memory of its first chunk of cells. */
  readonly cells: ArrayBufferLike;
  /** Seed of the thread's sampler. */
  readonly seed: number;
  /** Number of the thread among all that were connected, from 1. */
  readonly thread: number;
  /** State that all recording threads share. */
  readonly shared: SharedState;
}

const ACTION = "attach metrics";
const ORIGIN = "come from connect(), by postMessage";

/**
 * Checks a connection that was posted to a thread and returns it; `undefined` if it comes from metrics that record
 * nothing.
 *
 * @throws {TypeError} If it is not a connection
 */
export function checkConnection(port: MetricsPort): Connection | undefined {
  if (typeof port !== "object" || port === null) throw typeError(ACTION, "port", ORIGIN, port);
  const { transfer, ring, cells, seed, thread, shared } = port as Partial<Connection>;
  if (!Array.isArray(transfer)) throw typeError(ACTION, "port.transfer", "be the array that connect() made", transfer);
  if (transfer.length === 0 && ring === undefined) return undefined;
  if (transfer.length !== PORTS_COUNT || !transfer.every((each) => each instanceof MessagePort)) {
    throw typeError(ACTION, "port.transfer", `hold the ${PORTS_COUNT} message ports that connect() made`, transfer);
  }
  if (!isSharedRing(ring)) throw typeError(ACTION, "port.ring", "be the shared memory that connect() made", ring);
  if (!isSharedChunk(cells)) throw typeError(ACTION, "port.cells", "be the shared memory that connect() made", cells);
  if (!Number.isSafeInteger(seed)) throw typeError(ACTION, "port.seed", "be an integer", seed);
  if (!Number.isSafeInteger(thread)) throw typeError(ACTION, "port.thread", "be an integer", thread);
  checkShared(shared);
  return port as Connection;
}

/**
 * Takes over a connection permanently: afterwards it can neither be attached by another thread nor posted.
 *
 * @returns Ports of the connection
 * @throws {Error} If it was already taken, its ports were transferred to another thread, or their other ends are closed
 */
export function takeConnection({ transfer, ring }: Connection): MetricsPort["transfer"] {
  const ports = hasWriter(ring) ? undefined : movedPorts(transfer);
  if (ports !== undefined && claimWriter(ring)) return ports;
  const reason = hasWriter(ring) ? "is already in use" : "was posted to another thread, or its metrics are closed";
  throw new Error(`Cannot ${ACTION}: the port ${reason}; each thread needs its own from connect()`);
}

/** Moves the ports to objects that only the caller references; returns `undefined` if they are no longer usable. */
function movedPorts(transfer: MetricsPort["transfer"]): MetricsPort["transfer"] | undefined {
  try {
    return structuredClone(transfer, { transfer });
  } catch {
    return undefined;
  }
}

function checkShared(shared: SharedState | undefined): void {
  if (typeof shared !== "object" || shared === null) throw typeError(ACTION, "port.shared", ORIGIN, shared);
  for (const [name, bytes] of Object.entries(SHARED_BYTES)) {
    const memory: unknown = shared[name as keyof typeof SHARED_BYTES];
    if (memory instanceof SharedArrayBuffer && memory.byteLength === bytes) continue;
    throw typeError(ACTION, `port.shared.${name}`, "be the shared memory that connect() made", memory);
  }
  for (const [name, type] of Object.entries(SHARED_TYPES)) {
    const value: unknown = shared[name as keyof typeof SHARED_TYPES];
    if (typeof value !== type || value === null) throw typeError(ACTION, `port.shared.${name}`, ORIGIN, value);
  }
}
