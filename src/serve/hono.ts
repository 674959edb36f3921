/**
 * Hotpath on a Hono app.
 *
 * @module
 */

export { metricsRoutes } from "./routes.ts";
export type { MetricsSource } from "../model.ts";
export type { RoutesOptions } from "./options.ts";
