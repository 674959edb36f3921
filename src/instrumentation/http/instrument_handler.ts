/**
 * Metrics around the handler of a bare server.
 *
 * @module
 */

import { attachMeasure } from "../../api/measured_request.ts";
import { checkFunction } from "../../check/checks.ts";
import { isPromise, mayBeLazy } from "../../instrument/settlement.ts";
import { type HandlerOptions, type InstrumentMaker, pathOf, resolveHandlerOptions } from "./options.ts";
import { requestBytesOf } from "./request_body.ts";
import { openServerSpan } from "./request_trace.ts";
import { serverInstrumentsOf } from "./server_instruments.ts";
import { ServerRequest } from "./server_request.ts";

const ACTION = "instrument a handler";

/** Handler of requests; `Rest` are the server's further arguments, such as `Deno.ServeHandlerInfo`. */
export type Handler<Rest extends unknown[]> = (request: Request, ...rest: Rest) => Response | Promise<Response>;

/**
 * Returns a handler that measures each request: `http_server_request_duration_seconds{method,route,status}`,
 * `http_server_active_requests{method}`, `http_server_request_body_size_bytes{method,route}`,
 * `http_server_response_body_size_bytes{method,route}` and `http_server_errors_total{class}`.
 *
 * A stream is timed to its end. A request whose client disconnects before the response, as far as `watchAborts` detects
 * it, or during an upload so that the handler throws, counts with status 499 and error class `aborted`; one whose client
 * disconnects during a streamed response counts with the status that was sent. An error of the handler is rethrown and
 * counts with status 500, which is the answer of `Deno.serve`. A request that is upgraded to a WebSocket ends with the
 * upgrade. Requests that `metricsRoutes` answers are not measured.
 *
 * @param metrics Metrics that record the requests
 * @param handler Handler to measure
 * @param options Requests to ignore, routes, and whether disconnects are detected
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If a path does not begin with `/` or a pattern is invalid
 *
 * @example Measure the requests of `Deno.serve`
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
  checkFunction({ action: ACTION, path: "handler" }, handler);
  const { isIgnored, watchAborts, routeOf } = resolveHandlerOptions(ACTION, options);
  const instruments = serverInstrumentsOf(metrics);
  const watchesAborts = watchAborts !== false;
  if (watchAborts) instruments.signals.readAll();

  function begin(request: Request): Ongoing | undefined {
    try {
      const { method, url } = request;
      if (isIgnored !== undefined && isIgnored(pathOf(url), request)) return undefined;
      const bytes = requestBytesOf(method, request);
      const route = routeOf(request);
      const span = openServerSpan(instruments.tracer, request);
      const measured = new ServerRequest(instruments, method, watchesAborts ? request : undefined, span);
      attachMeasure(request, measured);
      return { measured, route, bytes };
    } catch {
      // A handler may be called with any arguments, or none, and still answer.
      return undefined;
    }
  }

  const takesNone = handler.length === 0 && Object.getOwnPropertyDescriptor(handler, "length")?.configurable === true;
  return new Proxy(handler, {
    apply(_handler, self, values: Parameters<Handler<Rest>>): Response | Promise<Response> {
      const ongoing = begin(values[0]);
      if (ongoing === undefined) return Reflect.apply(handler, self, values);
      let answer: Response | Promise<Response>;
      try {
        answer = ongoing.measured.run(() => Reflect.apply(handler, self, values));
      } catch (exception) {
        throw failWith(exception, ongoing);
      }
      if (answer instanceof Response) return respondWith(answer, ongoing);
      // A server awaits both, so awaiting them here changes nothing.
      return isPromise(answer) || mayBeLazy(answer) ? answerOf(answer, ongoing) : respondWith(answer, ongoing);
    },
    // `Deno.serve` passes no request to a handler without parameters.
    get: (_handler, key) => key === "length" && takesNone ? 1 : Reflect.get(handler, key),
  });
}

/** An ongoing request, its route, and the size of its body, if known. */
interface Ongoing {
  readonly measured: ServerRequest;
  readonly route: string;
  readonly bytes: number | undefined;
}

async function answerOf(answer: PromiseLike<Response>, ongoing: Ongoing): Promise<Response> {
  let response: Response;
  try {
    response = await answer;
  } catch (exception) {
    throw failWith(exception, ongoing);
  }
  return respondWith(response, ongoing);
}

function respondWith(response: Response, ongoing: Ongoing): Response {
  const { measured, route, bytes } = ongoing;
  // The server rejects a value that is not a response, as if the handler had thrown.
  if (!(response instanceof Response)) {
    failWith(new TypeError(), ongoing);
    return response;
  }
  measured.observeBody(bytes, route);
  return measured.respond(response, route);
}

function failWith(exception: unknown, { measured, route, bytes }: Ongoing): unknown {
  measured.observeBody(bytes, route);
  measured.fail(exception, route);
  return exception;
}
