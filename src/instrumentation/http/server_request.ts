/**
 * One request that is served, from its arrival to the end of its response. A response that is whole ends with the
 * handler; a stream ends when it was read, was given up by the client, or broke. A client that goes before there is a
 * response makes it an aborted request with status 499; one that goes later, with the status that was sent.
 *
 * There is one object a request, so it has few fields, and what only a stream needs is in another. It has no private
 * methods either: V8 would brand each object for them, which takes as long as all else here.
 *
 * @module
 */

import type { TraceContext } from "../../record/trace_context.ts";
import { NO_PLACE, type Watchable } from "./abort_watch.ts";
import { classOfException, classOfStatus, CLIENT_CLOSED_REQUEST } from "./error_class.ts";
import { measuredStream, type StreamListener } from "./measured_stream.ts";
import { withSpanHeader } from "./request_trace.ts";
import type { MethodHandles, ServerInstruments } from "./server_instruments.ts";

/** That of `Response.error()`, which no server sends. */
const NO_STATUS = 0;
const SWITCHING_PROTOCOLS = 101;
const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;
const MS_PER_SECOND = 1_000;

/** A request that goes on. It is ended once: by a response, by what was thrown, or by saying so. */
export class ServerRequest implements Watchable {
  readonly #method: MethodHandles;
  readonly #request: Request | undefined;
  /** Where it stands among those that may have to be watched. */
  readonly #place: number;
  readonly #startMs: number;
  /** Its place in a trace, if it is traced. */
  readonly #context: TraceContext | undefined;
  #signal: AbortSignal | undefined;

  /**
   * Begins one.
   *
   * @param instruments Where it is recorded
   * @param method Its method
   * @param request What is asked whether its client has gone; `undefined` if nobody shall ask
   * @param context Its place in a trace, if it is traced
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

  /** Does what the program does for this request. All of it happens in here, and nothing else. */
  run<Result>(work: () => Result): Result {
    return this.#context === undefined ? work() : this.#method.instruments.tracer.within(this.#context, work);
  }

  /**
   * There is a response.
   *
   * @param given What the program gave
   * @param route The route's label
   * @param exception What was thrown, if the response is there because of it
   * @param isExpected Whether it was thrown in order to answer so
   * @returns What is to be sent
   */
  respond(given: Response, route: string, exception?: unknown, isExpected = false): Response {
    const { status } = given;
    const isNamed = this.#context !== undefined && status !== SWITCHING_PROTOCOLS;
    const response = isNamed ? withSpanHeader(given, this.#context) : given;
    // An upgraded connection is no request any more, and Deno takes it for an aborted one.
    if (status === SWITCHING_PROTOCOLS) this.end(status, route, undefined, undefined);
    else if (this.#signal?.aborted || (exception !== undefined && isAborted(exception, this.#request))) {
      this.end(CLIENT_CLOSED_REQUEST, route, "aborted", undefined);
    } else if (status === NO_STATUS || given.bodyUsed) {
      // The server refuses it, as if the program had thrown.
      this.end(SERVER_ERROR, route, classOfException(new TypeError()), undefined);
    } else {
      const isUnexpected = exception !== undefined && !isExpected && status >= SERVER_ERROR;
      const errorClass = isUnexpected ? classOfException(exception) : classOfStatus(status);
      const { label, instruments: { bodySize, abortWatch } } = this.#method;
      const bytes = label === "HEAD" ? undefined : bodySize(response);
      if (label !== "HEAD" && bytes === undefined && isReadable(response)) {
        // From now on the stream knows. To ask for the signal would cost, and tell nothing.
        abortWatch.delete(this, this.#place);
        return measuredResponse(response, new SentStream(this, status, route, errorClass));
      }
      this.end(status, route, errorClass, bytes);
    }
    return response;
  }

  /**
   * The program has thrown, so there will be an error's response.
   *
   * @param exception What was thrown
   * @param route The route's label
   */
  fail(exception: unknown, route: string): void {
    if (this.#signal?.aborted || isAborted(exception, this.#request)) {
      this.end(CLIENT_CLOSED_REQUEST, route, "aborted", undefined);
    } else this.end(SERVER_ERROR, route, classOfException(exception), undefined);
  }

  /**
   * It is over.
   *
   * @param status What was sent
   * @param route The route's label
   * @param errorClass The class of its error, if it is one
   * @param responseBytes How large the response's body was, if that is known
   */
  end(status: number, route: string, errorClass: string | undefined, responseBytes: number | undefined): void {
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
   * Its body has so many bytes.
   *
   * @param bytes `undefined` if it has none, or nobody knows
   * @param route The route's label
   */
  observeBody(bytes: number | undefined, route: string): void {
    if (bytes !== undefined) this.#method.route(route).requestSize.observe(bytes);
  }

  /** See {@linkcode Watchable.watch}. */
  watch(): void {
    try {
      this.#signal = this.#request?.signal;
    } catch {
      // A request of the program's own making may have none; nobody is there to catch what a timer throws.
    }
  }
}

/** Whether something was thrown because the client has gone. */
function isAborted(exception: unknown, request: Request | undefined): boolean {
  if (classOfException(exception) === "aborted") return true;
  // The program may have handed the request's signal on before anybody looked at it for us.
  const isAbort = exception instanceof DOMException && exception.name === "AbortError";
  return isAbort && request?.signal?.aborted === true;
}

/** Whether the server has failed, which a wrong request does not make it. */
function isFailure(status: number, errorClass: string | undefined): boolean {
  return errorClass !== undefined && (status >= SERVER_ERROR || status < CLIENT_ERROR || errorClass === "aborted");
}

/** Whether a response has a body that nobody reads yet. */
function isReadable({ body, bodyUsed }: Response): boolean {
  return body !== null && !body.locked && !bodyUsed;
}

function measuredResponse(response: Response, listener: StreamListener): Response {
  const { body } = response;
  return body === null ? response : new Response(measuredStream(body, listener), response);
}

/** The stream that a request is answered with. */
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
