/**
 * Sources of metrics for tests of what serves them.
 *
 * @module
 */

import { type MetricsSource, noopMetrics } from "../../mod.ts";
import type { ListenOptions } from "../../src/model/serving.ts";

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
  return {
    host: "127.0.0.1",
    port: 0,
    tls: undefined,
    internalMetrics: false,
    auth: undefined,
    admin: undefined,
    scrapesMax: 100,
    scrapeTimeoutMs: 10_000,
    responseBytesMax: 2 ** 26,
    requestBytesMax: 2 ** 16,
    liveClientsMax: 200,
    corsOrigins: [],
    allowedHosts: undefined,
    ...changes,
  };
}
