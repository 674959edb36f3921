/**
 * Hotpath on a Hono app.
 *
 * @module
 */

export { instrumentFetch, type InstrumentFetchOptions } from "../http/instrument_fetch.ts";
export {
  type MeasuredRequest,
  measureRequest,
  type RequestMeasurement,
  type RequestOutcome,
} from "../http/measure_request.ts";
export type { HttpMetricsOptions, InstrumentMaker } from "../http/options.ts";
export { httpMetrics } from "./http_metrics.ts";
export { metricsRoutes } from "./routes.ts";
export type { Exemplar } from "../model.ts";
export type { Kpi } from "../kpi.ts";
export type * from "../live_frames.ts";
export type { AdminCredentials, CorsOptions, Credentials } from "../serving.ts";
export type { MetricsSource } from "../source.ts";
export type { RoutesOptions } from "./options.ts";
export { instrumentUpgradeWebSocket, type UpgradeWebSocketOptions } from "./websocket.ts";
