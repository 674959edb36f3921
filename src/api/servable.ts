/**
 * Members of metrics that `./server` needs to serve them.
 *
 * @module
 */

import type { ServeValues } from "../config/layers.ts";
import type { ListenAddress, ListenOptions } from "../model/serving.ts";
import type { Metrics } from "./metrics.ts";

/** Key of a {@linkcode Servable}. */
export const SERVABLE: unique symbol = Symbol("hotpath.servable");

/** Key of the {@linkcode ServeValues}. */
export const CONFIG: unique symbol = Symbol("hotpath.config");

/** HTTP server of metrics, on the thread that aggregates them. */
export interface Servable {
  /**
   * Serves the metrics until {@linkcode Servable.unlisten}; a restarted aggregator serves them again.
   *
   * @throws {Error} If they are already served, or cannot be served
   */
  listen(options: ListenOptions): Promise<ListenAddress>;
  /** Stops serving them. */
  unlisten(): Promise<void>;
  /** Keeps the program alive until {@linkcode Servable.release}; calls are counted. */
  hold(): void;
  /** Undoes one {@linkcode Servable.hold}. */
  release(): void;
}

/** Metrics that can be served from the aggregator's thread. */
export interface ServableMetrics extends Metrics {
  /** HTTP server of the metrics. */
  readonly [SERVABLE]: Servable;
  /** Settings of serving in the configuration file. */
  readonly [CONFIG]: ServeValues;
}
