/**
 * Measures one request explicitly, for servers without handlers of `Request`.
 *
 * @module
 */

import { checkString } from "../../check/checks.ts";
import { typeError } from "../../check/errors.ts";
import { checkOptionNames } from "../../check/options.ts";
import type { Place } from "../../check/place.ts";
import { RecordedContext, type TraceContext } from "../../record/trace_context.ts";
import { classOfException, classOfStatus } from "./error_class.ts";
import type { InstrumentMaker } from "./options.ts";
import { hasNoBody } from "./request_body.ts";
import { serverInstrumentsOf } from "./server_instruments.ts";
import { ServerRequest } from "./server_request.ts";

const ACTION = "measure a request";
const OPTION_NAMES: readonly (keyof MeasuredRequest)[] = ["method", "route", "requestBytes", "context"];
const METHOD: Place = { action: ACTION, path: "method" };
const ROUTE: Place = { action: ACTION, path: "route" };
const INTERNAL_SERVER_ERROR = 500;

/** Properties of a request at its arrival. */
export interface MeasuredRequest {
  /** HTTP method; an unknown one counts as `_OTHER`. */
  readonly method: string;
  /** Route, one of a few values: the pattern, not the path. */
  readonly route: string;
  /** Size of the request's body in bytes, if it has one. */
  readonly requestBytes?: number;
  /** Span of the request, returned by `metrics.trace.open`; it ends with the request. Omit it without tracing. */
  readonly context?: TraceContext;
}

/** Properties of a request when its response is sent. */
export interface RequestOutcome {
  /** Exception that caused the response. */
  readonly exception?: unknown;
  /**
   * Whether the client disconnected, in `node:http` the request's `aborted`.
   *
   * @default {false}
   */
  readonly isAborted?: boolean;
  /** Size of the response's body in bytes; ignored for `HEAD` and for a status without a body, such as 304. */
  readonly responseBytes?: number;
}

/** Measurement of an ongoing request. */
export interface RequestMeasurement extends Disposable {
  /**
   * Ends the request. A second call has no effect. Disposal without a call ends it with status 500.
   *
   * @param status Status that was sent
   * @param outcome Further properties
   */
  end(status: number, outcome?: RequestOutcome): void;
}

/**
 * Measures a request with the same metrics as `instrumentHandler`.
 *
 * @param metrics Metrics that record the request
 * @param request Properties of the request
 * @throws {TypeError} If a property has the wrong type or is unknown
 *
 * @example Measure a scope
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 * import { measureRequest } from "@hotpath/metrics/server";
 *
 * await using metrics = createMetrics();
 * {
 *   using request = measureRequest(metrics, { method: "GET", route: "/orders/:id" });
 *   request.end(200, { responseBytes: 512 });
 * }
 * const labels = 'method="GET",route="/orders/:id",status="200"';
 * assertStringIncludes(await metrics.scrape(), `http_server_request_duration_seconds_count{${labels}} 1`);
 * ```
 */
export function measureRequest(metrics: InstrumentMaker, request: MeasuredRequest): RequestMeasurement {
  checkOptionNames(ACTION, request, OPTION_NAMES);
  const { method, route, requestBytes, context } = request;
  checkString(METHOD, method);
  checkString(ROUTE, route);
  if (context !== undefined && !(context instanceof RecordedContext)) {
    throw typeError(ACTION, "context", "come from trace.open()", context);
  }
  const ongoing = new ServerRequest(serverInstrumentsOf(metrics), method, undefined, context);
  ongoing.observeBody(requestBytes, route);
  let isOver = false;
  const end = (status: number, { exception, isAborted = false, responseBytes }: RequestOutcome = {}) => {
    if (isOver) return;
    isOver = true;
    const errorClass = isAborted
      ? "aborted"
      : exception === undefined
      ? classOfStatus(status)
      : classOfException(exception);
    ongoing.end(status, route, errorClass, hasNoBody(method, status) ? undefined : responseBytes);
  };
  return { end, [Symbol.dispose]: () => end(INTERNAL_SERVER_ERROR) };
}
