/**
 * The connection that joins another thread to the metrics, as programs see it.
 *
 * @module
 */

import type { MessagePort as NodeMessagePort } from "node:worker_threads";

/** A connection for one other thread. */
export interface MetricsPort {
  /** Ports to transfer: the second argument of `postMessage`. */
  readonly transfer: (NodeMessagePort & MessagePort)[];
}
