/**
 * Metrics of the requests of a Hono app. The route is the pattern that the handler was registered with, even if
 * middleware answers instead of it; paths without a handler share one value.
 *
 * @module
 */

import type { Context, MiddlewareHandler } from "hono";
import { findTargetHandler, isMiddleware } from "hono/utils/handler";
import { attachMeasure } from "../../api/measured_request.ts";
import { UNMATCHED } from "../http/labels.ts";
import { type HttpMetricsOptions, type InstrumentMaker, resolveHttpOptions } from "../http/options.ts";
import { requestBytesOf } from "../http/request_body.ts";
import { openServerSpan } from "../http/request_trace.ts";
import { serverInstrumentsOf } from "../http/server_instruments.ts";
import { ServerRequest } from "../http/server_request.ts";
import { type Route, routeAt } from "./route_at.ts";

const NOT_FOUND = 404;

/**
 * Middleware that measures requests: `http_server_request_duration_seconds{method,route,status}`,
 * `http_server_active_requests{method}`, `http_server_request_body_size_bytes{method,route}`,
 * `http_server_response_body_size_bytes{method,route}` and `http_server_errors_total{class}`. Register it once, before
 * all other middleware.
 *
 * A stream is timed to its end. A request whose client disconnects before the response, as far as `watchAborts` detects
 * it, or during an upload, counts with status 499 and error class `aborted`; one whose client disconnects during a
 * streamed response counts with the status that was sent. A thrown error counts with the status of the app's answer; if
 * that is 500 or above, the error class is its type. Requests that `metricsRoutes` answers are not measured.
 *
 * @param metrics Metrics that record the requests
 * @param options Requests to ignore, and whether disconnects are detected
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If a path to ignore does not begin with `/`
 *
 * @example Measure an app
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { Hono } from "hono";
 * import { createMetrics } from "@hotpath/metrics";
 * import { httpMetrics } from "@hotpath/metrics/hono";
 *
 * await using metrics = createMetrics();
 * const app = new Hono();
 * app.use(httpMetrics(metrics, { ignore: ["/health"] }));
 * app.get("/users/:id", (context) => context.text(`user ${context.req.param("id")}`));
 * await app.request("/users/1");
 * const labels = 'method="GET",route="/users/:id",status="200"';
 * assertStringIncludes(await metrics.scrape(), `http_server_request_duration_seconds_count{${labels}} 1`);
 * ```
 */
export function httpMetrics(metrics: InstrumentMaker, options: HttpMetricsOptions = {}): MiddlewareHandler {
  const { isIgnored, watchAborts } = resolveHttpOptions("measure HTTP requests", options);
  const instruments = serverInstrumentsOf(metrics);
  const watchesAborts = watchAborts !== false;
  if (watchAborts) instruments.signals.readAll();

  return function httpMetrics(context, next) {
    const { req } = context;
    const { raw } = req;
    if (isIgnored !== undefined && isIgnored(req.path, raw)) return next();
    const { method } = raw;
    const span = openServerSpan(instruments.tracer, raw);
    const ongoing = new ServerRequest(instruments, method, watchesAborts ? raw : undefined, span);
    attachMeasure(raw, ongoing);
    const ownIndex = req.routeIndex;
    const respond = (): void => {
      // If nothing has answered, Hono throws as soon as all middleware has returned.
      const res = context.finalized ? context.res : undefined;
      const route = routeOf(context, ownIndex, res);
      ongoing.observeBody(requestBytesOf(method, raw), route);
      if (res === undefined) return ongoing.fail(new Error(), route);
      const sent = ongoing.respond(res, route, context.error, isExpected(context.error));
      if (sent === res) return;
      // Hono would copy the previous headers if the response were set without being cleared first.
      context.res = undefined;
      context.res = sent;
    };
    const fail = (exception: unknown): never => {
      const route = routeOf(context, ownIndex, undefined);
      ongoing.observeBody(requestBytesOf(method, raw), route);
      ongoing.fail(exception, route);
      throw exception;
    };
    return ongoing.run(next).then(respond, fail);
  };
}

/**
 * Returns the pattern of the handler that answers a request, or would have answered it instead of middleware. Without
 * a handler, returns the pattern of the middleware that answered with anything but 404.
 *
 * @param ownIndex Position of this middleware among the matches
 * @param response Response, if there is one
 */
function routeOf(context: Context, ownIndex: number, response: Response | undefined): string {
  const reached = context.req.routeIndex;
  let index = reached;
  for (let route = routeAt(context, index); route !== undefined; route = routeAt(context, ++index)) {
    if (isHandler(route)) return route.path;
  }
  const hasAnswered = reached > ownIndex && response?.status !== NOT_FOUND;
  return hasAnswered ? routeAt(context, reached)?.path ?? UNMATCHED : UNMATCHED;
}

function isHandler({ method, handler }: Route): boolean {
  return method !== "ALL" || !isMiddleware(findTargetHandler(handler));
}

/** Whether an error was thrown as a response, like Hono's `HTTPException`. */
function isExpected(error: Error | undefined): boolean {
  return error !== undefined && "getResponse" in error;
}
