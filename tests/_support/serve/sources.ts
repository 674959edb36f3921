/**
 * Sources of metrics for tests of what serves them.
 *
 * @module
 */

import { type MetricsSource, noopMetrics } from "../../../mod.ts";
import type { ListenOptions } from "../../../src/model/serving.ts";
import { resolveServeOptions } from "../../../src/serve/options.ts";

/** Source that is healthy, with overrides of the test. */
export function sourceWith(changes: Partial<MetricsSource>): MetricsSource {
  return {
    expose: (request) => noopMetrics.expose(request),
    snapshot: () => noopMetrics.snapshot(),
    health: () => noopMetrics.health(),
    instruments: () => noopMetrics.instruments(),
    definitions: () => noopMetrics.definitions(),
    performance: () => noopMetrics.performance(),
    listTraces: () => noopMetrics.listTraces(),
    findTrace: (traceId) => noopMetrics.findTrace(traceId),
    ...changes,
  };
}

/** A source whose exposition has so many bytes. */
export function sourceOf(bytes: number): MetricsSource {
  return sourceWith({
    expose: () => Promise.resolve({ body: new Uint8Array(bytes).fill(35), contentType: "text/plain" }),
  });
}

/** Settings of a server on a free port, with what the test changes. */
export function settingsWith(changes: Partial<ListenOptions>): ListenOptions {
  return { ...resolveServeOptions({ port: 0 }), ...changes };
}
