/**
 * Routes and middleware for Hono apps.
 *
 * @module
 */

export { instrumentFetch, type InstrumentFetchOptions } from "./instrumentation/http/instrument_fetch.ts";
export {
  type MeasuredRequest,
  measureRequest,
  type RequestMeasurement,
  type RequestOutcome,
} from "./instrumentation/http/measure_request.ts";
export type { HttpMetricsOptions, InstrumentMaker } from "./instrumentation/http/options.ts";
export { httpMetrics } from "./instrumentation/hono/http_metrics.ts";
export { metricsRoutes } from "./serve/routes.ts";
export type { Exemplar } from "./model/model.ts";
export type { Kpi } from "./model/kpi.ts";
export type * from "./model/live_frames.ts";
export type { AdminCredentials, CorsOptions, Credentials } from "./model/serving.ts";
export type { MetricsSource } from "./model/source.ts";
export type { RoutesOptions } from "./config/settings/serve.ts";
export { instrumentUpgradeWebSocket, type UpgradeWebSocketOptions } from "./instrumentation/hono/websocket.ts";
