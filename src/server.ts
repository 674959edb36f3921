/**
 * Serves metrics from the aggregator's thread, and measures a program's own servers and calls.
 *
 * @module
 */

import { typeError } from "./check/errors.ts";
import { CONFIG, SERVABLE, type ServableMetrics } from "./api/servable.ts";
import type { Metrics } from "./api/metrics.ts";
import { hostAndPort } from "./platform/listen.ts";
import type { ServeOptions } from "./config/settings/serve.ts";
import { resolveServeOptions } from "./serve/options.ts";
import { warnIfOpen } from "./serve/warning.ts";

export {
  type FetchLike,
  instrumentFetch,
  type InstrumentFetchOptions,
} from "./instrumentation/http/instrument_fetch.ts";
export { type Handler, instrumentHandler } from "./instrumentation/http/instrument_handler.ts";
export {
  type MeasuredRequest,
  measureRequest,
  type RequestMeasurement,
  type RequestOutcome,
} from "./instrumentation/http/measure_request.ts";
export type { HandlerOptions, HttpMetricsOptions, InstrumentMaker } from "./instrumentation/http/options.ts";
export type { Exemplar } from "./model/model.ts";
export type { Kpi } from "./model/kpi.ts";
export type * from "./model/live_frames.ts";
export type { AdminCredentials, CorsOptions, Credentials, TlsFiles } from "./model/serving.ts";
export type { RoutesOptions, ServeOptions } from "./config/settings/serve.ts";

/** A running server. */
export interface MetricsServer extends AsyncDisposable {
  /** Address that it listens on. */
  readonly host: string;
  /** Port that it listens on. */
  readonly port: number;
  /** Base URL: `http://host:port`, or `https://host:port`. */
  readonly url: string;
  /** Stops the server; the metrics stay open. */
  close(): Promise<void>;
}

/**
 * Serves metrics over HTTP from the aggregator's thread, so that scrapes are answered while the measured thread is busy.
 * Keeps the program alive until the server is closed. Warns on the console if other hosts can reach it without
 * credentials.
 *
 * @param metrics Metrics from {@linkcode createMetrics}
 * @param options Address, access and limits
 * @throws {TypeError} If the metrics cannot be served, or an option has the wrong type or is unknown
 * @throws {RangeError} If an option is out of range, or the content of a secret file is invalid
 * @throws {Error} If the port is in use, a file cannot be read or used, or a permission is missing
 *
 * @example Serve on a free port
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 * import { serveMetrics } from "@hotpath/metrics/server";
 *
 * await using metrics = createMetrics();
 * metrics.counter("orders_total").inc();
 * await using server = await serveMetrics(metrics, { port: 0 });
 * const response = await fetch(`${server.url}/metrics`);
 * assertStringIncludes(await response.text(), "orders_total 1");
 * ```
 */
export async function serveMetrics(metrics: Metrics, options: ServeOptions = {}): Promise<MetricsServer> {
  if (!isServable(metrics)) throw typeError("serve metrics", "metrics", "come from createMetrics", metrics);
  const servable = metrics[SERVABLE];
  const settings = resolveServeOptions(options, metrics[CONFIG]);
  const { host, port } = await servable.listen(settings);
  servable.hold();
  warnIfOpen({ host, port }, settings.auth !== undefined);
  let closing: Promise<void> | undefined;
  const close = async () => {
    try {
      await servable.unlisten();
    } finally {
      servable.release();
    }
  };
  return {
    host,
    port,
    url: `${settings.tls === undefined ? "http" : "https"}://${hostAndPort({ host, port })}`,
    close: () => closing ??= close(),
    [Symbol.asyncDispose]: () => closing ??= close(),
  };
}

function isServable(metrics: Metrics): metrics is ServableMetrics {
  return typeof metrics === "object" && metrics !== null && SERVABLE in metrics;
}
