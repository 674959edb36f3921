/**
 * Hotpath on a Hono app.
 *
 * @module
 */

export { metricsRoutes } from "./routes.ts";
export type { Credentials, MetricsSource } from "../model.ts";
export type { RoutesOptions } from "./options.ts";
export { instrumentUpgradeWebSocket, type UpgradeWebSocketOptions } from "./websocket.ts";
