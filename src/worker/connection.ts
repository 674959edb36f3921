/**
 * What joins another thread to the metrics: everything that it needs to record by itself, in a form
 * that `postMessage` carries.
 *
 * @module
 */

import type { MessagePort as NodeMessagePort } from "node:worker_threads";
import { typeError } from "../errors.ts";
import type { InstrumentDefaults, OverflowPolicy } from "../model.ts";
import type { TracerSettings } from "../spans.ts";

/** The end of a connection that is handed to another thread. */
export interface MetricsPort {
  /** The second argument of `postMessage`: what the other thread takes over. */
  readonly transfer: (NodeMessagePort & MessagePort)[];
}

/** What threads have in common, wherever they are. */
export interface SharedState {
  /** What wakes the aggregator. */
  readonly doorbell: ArrayBufferLike;
  /** What gauges are stamped with. */
  readonly sequence: ArrayBufferLike;
  /** Whether anything is recorded, and how much of it. */
  readonly control: ArrayBufferLike;
  /** What a full ring does. */
  readonly overflow: OverflowPolicy;
  /** What holds for instruments that do not say otherwise themselves. */
  readonly defaults: InstrumentDefaults;
  /** Which clock times, by name; `"injected"` for one that cannot travel. */
  readonly clock: string;
  /** Milliseconds between drains when little happens. */
  readonly drainIntervalMs: number;
  /** Series before label sets go to the overflow series. */
  readonly seriesMax: number;
  /** Code points that a label value may have. */
  readonly labelValueMax: number;
  /** Which traces are recorded. */
  readonly tracer: TracerSettings;
}

/** A {@linkcode MetricsPort} and all that travels with it. */
export interface Connection extends MetricsPort {
  /** The thread's own ring. */
  readonly ring: ArrayBufferLike;
  /** What its choice of calls follows from, where calls are sampled. */
  readonly seed: number;
  /** Its number among those that were connected, from 1. */
  readonly thread: number;
  /** What it has in common with the others. */
  readonly shared: SharedState;
}

/**
 * The connection that a thread was handed; `undefined` if it comes from metrics that do nothing.
 *
 * @throws {TypeError} If it is no connection
 */
export function checkConnection(port: MetricsPort): Connection | undefined {
  const { transfer, ring, shared } = (port ?? {}) as Partial<Connection>;
  const isPort = Array.isArray(transfer) && transfer.every((each) => each instanceof MessagePort);
  if (isPort && transfer.length === 0) return undefined;
  if (isPort && ring instanceof SharedArrayBuffer && shared !== undefined) return port as Connection;
  throw typeError("attach metrics", "port", "come from connect(), by postMessage", port);
}
