/**
 * What joins another thread to the metrics, as users hold it.
 *
 * @module
 */

import type { MessagePort as NodeMessagePort } from "node:worker_threads";

/** The end of a connection that is handed to another thread. */
export interface MetricsPort {
  /** The second argument of `postMessage`: what the other thread takes over. */
  readonly transfer: (NodeMessagePort & MessagePort)[];
}
