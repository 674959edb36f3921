/**
 * Metrics around the handler of a bare server.
 *
 * @module
 */

import { typeError } from "../errors.ts";
import { type HandlerOptions, type InstrumentMaker, pathOf, resolveHandlerOptions } from "./options.ts";
import { requestBytesOf } from "./request_body.ts";
import { openServerSpan } from "./request_trace.ts";
import { serverInstrumentsOf } from "./server_instruments.ts";
import { ServerRequest } from "./server_request.ts";

const ACTION = "instrument a handler";

/** What answers requests; `Rest` is what the server hands over with them, such as `Deno.ServeHandlerInfo`. */
export type Handler<Rest extends unknown[]> = (request: Request, ...rest: Rest) => Response | Promise<Response>;

/**
 * Gives a handler that is measured at each request: `http_server_request_duration_seconds{method,route,status}`,
 * `http_server_active_requests{method}`, `http_server_request_body_size_bytes{method,route}`,
 * `http_server_response_body_size_bytes{method,route}` and `http_server_errors_total{class}`.
 *
 * A stream is timed to its end. A request whose client has gone before there is a response counts with status 499 and
 * class `aborted`, one whose client goes in the middle of a stream with the status that was sent. What the handler
 * throws is thrown on, and counts with status 500, which is what `Deno.serve` answers. A connection that becomes a
 * WebSocket ends as a request when it does.
 *
 * @param metrics Where to record
 * @param handler What answers
 * @param options Which requests, and by which routes
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If a path or pattern cannot be one
 *
 * @example Measure what `Deno.serve` serves
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 * import { instrumentHandler } from "@hotpath/metrics/server";
 *
 * await using metrics = createMetrics();
 * const handler = instrumentHandler(metrics, () => new Response("hello"), { route: ["/users/:id"] });
 * await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, handler);
 * await (await fetch(`http://127.0.0.1:${server.addr.port}/users/1`)).text();
 * const labels = 'method="GET",route="/users/:id",status="200"';
 * assertStringIncludes(await metrics.scrape(), `http_server_request_duration_seconds_count{${labels}} 1`);
 * ```
 */
export function instrumentHandler<Rest extends unknown[]>(
  metrics: InstrumentMaker,
  handler: Handler<Rest>,
  options: HandlerOptions = {},
): Handler<Rest> {
  if (typeof handler !== "function") throw typeError(ACTION, "handler", "be a function", handler);
  const { isIgnored, watchesAborts, routeOf } = resolveHandlerOptions(ACTION, options);
  const instruments = serverInstrumentsOf(metrics);

  return function instrumentedHandler(request: Request, ...rest: Rest): Response | Promise<Response> {
    if (isIgnored !== undefined && isIgnored(pathOf(request.url), request)) return handler(request, ...rest);
    const { method } = request;
    const span = openServerSpan(instruments.tracer, request);
    const ongoing = new ServerRequest(instruments, method, watchesAborts ? request : undefined, span);
    const route = routeOf(request);
    ongoing.observeBody(requestBytesOf(method, request), route);
    const fail = (exception: unknown): never => {
      ongoing.fail(exception, route);
      throw exception;
    };
    const respond = (response: Response): Response => {
      if (response instanceof Response) return ongoing.respond(response, route);
      // What is no response is the server's to refuse, which it does as if the handler had thrown.
      ongoing.fail(new TypeError(), route);
      return response;
    };
    try {
      const answer = ongoing.run(() => handler(request, ...rest));
      return answer instanceof Promise ? answer.then(respond, fail) : respond(answer);
    } catch (exception) {
      return fail(exception);
    }
  };
}
