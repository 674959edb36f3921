/**
 * One served request, from its arrival to the end of its response. A response without a stream ends with the handler; a
 * stream ends when it was read, was cancelled by the client, or failed. A request whose client disconnects before the
 * response is aborted with status 499; one whose client disconnects later is aborted with the status that was sent.
 *
 * There is one object per request, so it has few fields; those of a stream are in another object. It has no private
 * methods either: V8 would brand each object for them, which takes as long as everything else here.
 *
 * @module
 */

import type { RequestMeasure } from "../../api/measured_request.ts";
import type { TraceContext } from "../../record/trace_context.ts";
import { NO_PLACE, type Watchable } from "./abort_watch.ts";
import { classOfException, classOfStatus, CLIENT_CLOSED_REQUEST } from "./error_class.ts";
import { measuredStream, type StreamListener } from "./measured_stream.ts";
import { withSpanHeader } from "./request_trace.ts";
import type { MethodHandles, ServerInstruments } from "./server_instruments.ts";

/** Status of `Response.error()`, which no server sends. */
const NO_STATUS = 0;
const SWITCHING_PROTOCOLS = 101;
const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;
const MS_PER_SECOND = 1_000;

/** Request in progress. Exactly one of `respond`, `fail` and `end` is called, once, even after `exclude`. */
export class ServerRequest implements Watchable, RequestMeasure {
  outer: RequestMeasure | undefined;
  readonly #method: MethodHandles;
  readonly #request: Request | undefined;
  /** Place in the {@linkcode AbortWatch}. */
  readonly #place: number;
  readonly #startMs: number;
  /** Context of its span, if it is traced. */
  readonly #context: TraceContext | undefined;
  #signal: AbortSignal | undefined;
  #isExcluded = false;

  /**
   * Starts a request.
   *
   * @param instruments Instruments that record it
   * @param method HTTP method
   * @param request Request whose signal is watched; `undefined` to not detect disconnects
   * @param context Context of its span, if it is traced
   */
  constructor(
    instruments: ServerInstruments,
    method: string,
    request: Request | undefined,
    context: TraceContext | undefined,
  ) {
    this.#method = instruments.method(method);
    this.#request = request;
    this.#context = context;
    this.#method.active++;
    this.#place = request === undefined ? NO_PLACE : instruments.abortWatch.add(this);
    this.#startMs = instruments.clock.now();
  }

  /** Runs the program's work for this request, within its span if it is traced. */
  run<Result>(work: () => Result): Result {
    return this.#context === undefined ? work() : this.#method.instruments.tracer.within(this.#context, work);
  }

  /**
   * Ends the request with a response, or at the end of its stream.
   *
   * @param given Response of the program
   * @param route Label of the route
   * @param exception Exception that the response is the answer to, if any
   * @param isExpected Whether the exception was thrown as a response
   * @returns Response to send
   */
  respond(given: Response, route: string, exception?: unknown, isExpected = false): Response {
    if (this.#isExcluded) return given;
    const { status } = given;
    const isNamed = this.#context !== undefined && status !== SWITCHING_PROTOCOLS;
    const response = isNamed ? withSpanHeader(given, this.#context) : given;
    // An upgraded connection is no longer a request, and Deno aborts its signal.
    if (status === SWITCHING_PROTOCOLS) this.end(status, route, undefined, undefined);
    else if (this.#signal?.aborted || isAborted(exception, this.#request, this.#method.instruments)) {
      this.end(CLIENT_CLOSED_REQUEST, route, "aborted", undefined);
    } else if (status === NO_STATUS || given.bodyUsed) {
      // The server rejects an error response or a used body, as if the program had thrown.
      this.end(SERVER_ERROR, route, classOfException(new TypeError()), undefined);
    } else {
      const isUnexpected = exception !== undefined && !isExpected && status >= SERVER_ERROR;
      const errorClass = isUnexpected ? classOfException(exception) : classOfStatus(status);
      const { label, instruments: { bodySize, abortWatch } } = this.#method;
      const bytes = label === "HEAD" ? undefined : bodySize(response);
      if (label !== "HEAD" && bytes === undefined && isReadable(response)) {
        // From now on the stream detects a disconnect, so the signal need not be created.
        abortWatch.delete(this, this.#place);
        return measuredResponse(response, new SentStream(this, status, route, errorClass));
      }
      this.end(status, route, errorClass, bytes);
    }
    return response;
  }

  /**
   * Ends the request with an exception, to which the server answers.
   *
   * @param exception Exception of the program
   * @param route Label of the route
   */
  fail(exception: unknown, route: string): void {
    if (this.#signal?.aborted || isAborted(exception, this.#request, this.#method.instruments)) {
      this.end(CLIENT_CLOSED_REQUEST, route, "aborted", undefined);
    } else this.end(SERVER_ERROR, route, classOfException(exception), undefined);
  }

  /**
   * Ends the request.
   *
   * @param status Status that was sent
   * @param route Label of the route
   * @param errorClass Class of its error, if any
   * @param responseBytes Size of the response's body, if known
   */
  end(status: number, route: string, errorClass: string | undefined, responseBytes: number | undefined): void {
    if (this.#isExcluded) return;
    const { instruments } = this.#method;
    instruments.abortWatch.delete(this, this.#place);
    const handles = this.#method.route(route);
    const timer = handles.duration(status);
    if (this.#context !== undefined) timer.endSpan(this.#startMs, this.#context, isFailure(status, errorClass));
    else timer.observe((instruments.clock.now() - this.#startMs) / MS_PER_SECOND);
    if (responseBytes !== undefined) handles.responseSize.observe(responseBytes);
    if (errorClass !== undefined) instruments.countError(errorClass);
    this.#method.active--;
  }

  /**
   * Records the size of the request's body.
   *
   * @param bytes Size; `undefined` if it has no body, or the size is unknown
   * @param route Label of the route
   */
  observeBody(bytes: number | undefined, route: string): void {
    if (bytes !== undefined && !this.#isExcluded) this.#method.route(route).requestSize.observe(bytes);
  }

  exclude(): void {
    if (this.#isExcluded) return;
    this.#isExcluded = true;
    this.#method.instruments.abortWatch.delete(this, this.#place);
    this.#method.active--;
  }

  watch(): void {
    try {
      this.#signal = this.#request && this.#method.instruments.signals.read(this.#request);
    } catch {
      // A request that the program made may lack a signal, and an error in a timer would be uncaught.
    }
  }
}

/** Whether an exception, if there is one, was thrown because the client disconnected. */
function isAborted(exception: unknown, request: Request | undefined, { signals }: ServerInstruments): boolean {
  if (classOfException(exception) === "aborted") return true;
  // The program may have passed the request's signal on before the first tick.
  const isAbort = exception instanceof DOMException && exception.name === "AbortError";
  return isAbort && request !== undefined && signals.read(request)?.aborted === true;
}

/** Whether the server failed; client errors do not count. */
function isFailure(status: number, errorClass: string | undefined): boolean {
  return errorClass !== undefined && (status >= SERVER_ERROR || status < CLIENT_ERROR || errorClass === "aborted");
}

/** Whether a response has an unread body. */
function isReadable({ body, bodyUsed }: Response): boolean {
  return body !== null && !body.locked && !bodyUsed;
}

function measuredResponse(response: Response, listener: StreamListener): Response {
  const { body } = response;
  return body === null ? response : new Response(measuredStream(body, listener), response);
}

/** Ends a request with the end of its response's stream. */
class SentStream implements StreamListener {
  readonly #request: ServerRequest;
  readonly #status: number;
  readonly #route: string;
  readonly #errorClass: string | undefined;
  #isOver = false;

  constructor(request: ServerRequest, status: number, route: string, errorClass: string | undefined) {
    this.#request = request;
    this.#status = status;
    this.#route = route;
    this.#errorClass = errorClass;
  }

  onEnd(bytes: number): void {
    this.#end(this.#errorClass, bytes);
  }

  onCancel(bytes: number): void {
    this.#end("aborted", bytes);
  }

  onError(bytes: number, error: unknown): void {
    this.#end(classOfException(error), bytes);
  }

  #end(errorClass: string | undefined, bytes: number): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#request.end(this.#status, this.#route, errorClass, bytes);
  }
}
