/**
 * The HTTP routes, as a Hono app: served from the aggregator's thread, or mounted on an app of the
 * user's.
 *
 * @module
 */

import { type Context, Hono } from "hono";
import { routePath } from "hono/route";
import { encodeJson, JSON_CONTENT_TYPE } from "../encode/json.ts";
import type { HealthStatus, MetricsSource } from "../model.ts";
import { isInternalMetrics, type RoutesOptions } from "./options.ts";
import { PAGE_POLICY, renderPage, ROUTES } from "./page.ts";
import { problem } from "./problem.ts";

const HTTP_STATUS: Readonly<Record<HealthStatus, 200 | 503>> = {
  HEALTHY: 200,
  DEGRADED: 200,
  UNHEALTHY: 503,
  CRITICAL: 503,
};

/** Where some set-ups look for the metrics; there only if that is asked for. */
const INTERNAL_PATH = "/internal/metrics";

/** Health and metrics are of this moment. */
const NO_STORE = { "cache-control": "no-store" };

/**
 * The routes to mount on a Hono app. They answer every path below the one that they are mounted at,
 * what is unknown with a 404.
 *
 * @param source The metrics
 * @param options What they answer beyond that
 * @returns A Hono app
 * @throws {TypeError} If an option has the wrong type or is unknown
 *
 * @example Mount on an app
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Hono } from "hono";
 * import { createMetrics } from "@hotpath/metrics";
 * import { metricsRoutes } from "@hotpath/metrics/hono";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const app = new Hono();
 * app.route("/internal", metricsRoutes(metrics));
 * assertEquals((await app.request("/internal/metrics")).status, 200);
 * assertEquals((await app.request("/internal/nothing")).status, 404);
 * ```
 */
export function metricsRoutes(source: MetricsSource, options: RoutesOptions = {}): Hono {
  const app = new Hono();
  const metricsPaths = isInternalMetrics(options) ? ["/metrics", INTERNAL_PATH] : ["/metrics"];

  app.get("/", (context) => page(context, source));

  app.on("GET", metricsPaths, async (context) => {
    const { body, contentType } = await source.expose({
      accept: context.req.header("accept"),
      names: context.req.queries("name[]"),
    });
    return context.body(body, 200, { ...NO_STORE, "content-type": contentType });
  });

  app.get("/metrics.json", async (context) => {
    const body = encodeJson(await source.snapshot());
    return context.body(body, 200, { ...NO_STORE, "content-type": JSON_CONTENT_TYPE });
  });

  app.get("/health", async (context) => {
    const { status } = await source.health();
    return context.json({ status }, HTTP_STATUS[status], NO_STORE);
  });

  app.get("/health/live", (context) => context.json({ status: "HEALTHY" }, 200, NO_STORE));

  app.get("/health/ready", async (context) => {
    const { isReady } = await source.health();
    return context.json({ ready: isReady }, isReady ? 200 : 503, NO_STORE);
  });

  app.get("/health/extended", async (context) => {
    const health = await source.health();
    return context.json(health, HTTP_STATUS[health.status], NO_STORE);
  });

  app.get("/diagnostics/metrics", async (context) => {
    return context.json({ instruments: await source.instruments() }, 200, NO_STORE);
  });

  app.get("/diagnostics/performance", async (context) => {
    return context.json(await source.performance(), 200, NO_STORE);
  });

  // Mounted at /internal, the page is at /internal/ too.
  app.get("*", (context, next) => isMountPoint(context) ? page(context, source) : next());
  for (const path of ["/", ...metricsPaths, ...ROUTES.map(({ path }) => path)]) {
    app.all(path, (context) => methodNotAllowed(context));
  }
  app.all("*", (context) => problem(404, `there is nothing at ${context.req.path}`));
  app.onError((error) => problem(503, error.message));
  return app;
}

async function page(context: Context, source: MetricsSource): Promise<Response> {
  const html = renderPage(basePathOf(context), await source.health(), await source.snapshot());
  return context.html(html, 200, { ...NO_STORE, "content-security-policy": PAGE_POLICY });
}

/** Whether a path that a wildcard route matched is that route's own start. */
function isMountPoint(context: Context): boolean {
  return context.req.path === routePath(context).replace(/\*$/, "");
}

function methodNotAllowed({ req }: Context): Response {
  return problem(405, `${req.path} answers GET and HEAD, not ${req.method}`, {
    allow: "GET, HEAD",
  });
}

/** What comes before the page's own `/` in the path it was asked at. */
function basePathOf({ req }: Context): string {
  return req.path.replace(/\/+$/, "");
}
