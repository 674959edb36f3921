/**
 * Public type of the connection that attaches another thread to the metrics.
 *
 * @module
 */

import type { MessagePort as NodeMessagePort } from "node:worker_threads";

/** Connection for one other thread. */
export interface MetricsPort {
  /** Ports to transfer: the second argument of `postMessage`. */
  readonly transfer: (NodeMessagePort & MessagePort)[];
}
