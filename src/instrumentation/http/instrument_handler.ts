/**
 * Metrics around the handler of a bare server.
 *
 * @module
 */

import { checkFunction } from "../../check/checks.ts";
import { isPromise, mayBeLazy } from "../../instrument/settlement.ts";
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
 * class `aborted`, also if it goes in the middle of an upload and the handler throws because of that; one whose client
 * goes in the middle of a stream with the status that was sent. What the handler
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
  checkFunction({ action: ACTION, path: "handler" }, handler);
  const { isIgnored, watchesAborts, routeOf } = resolveHandlerOptions(ACTION, options);
  const instruments = serverInstrumentsOf(metrics);

  function begin(request: Request): Ongoing | undefined {
    try {
      const { method, url } = request;
      if (isIgnored !== undefined && isIgnored(pathOf(url), request)) return undefined;
      const bytes = requestBytesOf(method, request);
      const route = routeOf(request);
      const span = openServerSpan(instruments.tracer, request);
      const measured = new ServerRequest(instruments, method, watchesAborts ? request : undefined, span);
      measured.observeBody(bytes, route);
      return { measured, route };
    } catch {
      // A handler may be called with anything, or nothing, and answer.
      return undefined;
    }
  }

  const takesNone = handler.length === 0 && Object.getOwnPropertyDescriptor(handler, "length")?.configurable === true;
  return new Proxy(handler, {
    apply(_handler, self, values: Parameters<Handler<Rest>>): Response | Promise<Response> {
      const ongoing = begin(values[0]);
      if (ongoing === undefined) return Reflect.apply(handler, self, values);
      const { measured, route } = ongoing;
      let answer: Response | Promise<Response>;
      try {
        answer = measured.run(() => Reflect.apply(handler, self, values));
      } catch (exception) {
        measured.fail(exception, route);
        throw exception;
      }
      if (answer instanceof Response) return measured.respond(answer, route);
      // A server waits for both, so to wait for them changes nothing.
      return isPromise(answer) || mayBeLazy(answer) ? answerOf(answer, ongoing) : respondWith(answer, ongoing);
    },
    // `Deno.serve` gives no request to a handler that takes none.
    get: (_handler, key) => key === "length" && takesNone ? 1 : Reflect.get(handler, key),
  });
}

/** A request that goes on, and its route. */
interface Ongoing {
  readonly measured: ServerRequest;
  readonly route: string;
}

async function answerOf(answer: PromiseLike<Response>, ongoing: Ongoing): Promise<Response> {
  let response: Response;
  try {
    response = await answer;
  } catch (exception) {
    ongoing.measured.fail(exception, ongoing.route);
    throw exception;
  }
  return respondWith(response, ongoing);
}

function respondWith(response: Response, { measured, route }: Ongoing): Response {
  if (response instanceof Response) return measured.respond(response, route);
  // What is no response is the server's to refuse, which it does as if the handler had thrown.
  measured.fail(new TypeError(), route);
  return response;
}
