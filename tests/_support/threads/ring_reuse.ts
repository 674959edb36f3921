/**
 * Sees which rings threads get.
 *
 * @module
 */

import type { Metrics } from "../../../mod.ts";
import type { Connection } from "../../../src/threads/connection.ts";

/** The metrics, with each ring that a connection gets noted. */
export function ringsOf(metrics: Metrics, rings: Set<ArrayBufferLike>): Metrics {
  return new Proxy(metrics, {
    get: (target, name) => {
      if (name !== "connect") return Reflect.get(target, name, target);
      return () => {
        const port = target.connect();
        rings.add((port as Connection).ring);
        return port;
      };
    },
  });
}
