/**
 * One request, measured by hand: for servers that have no handlers of `Request`.
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

/** What is known of a request when it arrives. */
export interface MeasuredRequest {
  /** Its method; one that is not known counts as `_OTHER`. */
  readonly method: string;
  /** Its route, one of a few: the pattern, not the path. */
  readonly route: string;
  /** How large its body is, if it has one. */
  readonly requestBytes?: number;
  /** Its place in a trace, as `metrics.trace.open` gives it, which then ends with the request; in none by default. */
  readonly context?: TraceContext;
}

/** What is known of a request when its response is sent. */
export interface RequestOutcome {
  /** What was thrown, if that is why. */
  readonly exception?: unknown;
  /** Whether the client has gone; not by default. In `node:http` it is the request's `aborted`. */
  readonly isAborted?: boolean;
  /** How large the response's body was; of no account for `HEAD` and for a status without a body, such as 304. */
  readonly responseBytes?: number;
}

/** A request that goes on. */
export interface RequestMeasurement extends Disposable {
  /**
   * Ends it; a second time does nothing. A scope that is left without it ends it with status 500.
   *
   * @param status What was sent
   * @param outcome What else is known
   */
  end(status: number, outcome?: RequestOutcome): void;
}

/**
 * Measures a request with the same metrics as `instrumentHandler`.
 *
 * @param metrics Where to record
 * @param request What is known of it
 * @throws {TypeError} If something of that has the wrong type
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
