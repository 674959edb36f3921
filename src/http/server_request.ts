/**
 * One request that is served, from its arrival to the end of its response. A response that is whole ends with the
 * handler; a stream ends when it was read, was given up by the client, or broke. A client that goes before there is a
 * response makes it an aborted request with status 499; one that goes later, with the status that was sent.
 *
 * @module
 */

import { Watchable } from "./abort_watch.ts";
import { classOfException, classOfStatus, CLIENT_CLOSED_REQUEST } from "./error_class.ts";
import { UNMATCHED } from "./labels.ts";
import { measuredStream, type StreamListener } from "./measured_stream.ts";
import type { MethodHandles, ServerInstruments } from "./server_instruments.ts";

const SWITCHING_PROTOCOLS = 101;
const SERVER_ERROR = 500;
const MS_PER_SECOND = 1_000;

/** A request that goes on. */
export class ServerRequest extends Watchable implements StreamListener {
  readonly #instruments: ServerInstruments;
  readonly #method: MethodHandles;
  readonly #request: Request | undefined;
  readonly #startMs: number;
  /** Bytes of the request's body; `undefined` if it has none, or nobody knows. */
  readonly #requestBytes: number | undefined;
  #signal: AbortSignal | undefined;
  #route = UNMATCHED;
  #status = SERVER_ERROR;
  #isOver = false;

  /**
   * Begins one.
   *
   * @param instruments Where it is recorded
   * @param method Its method
   * @param request What is asked whether its client has gone; `undefined` if nobody shall ask
   * @param requestBytes How large its body is, if it has one and that is known
   */
  constructor(
    instruments: ServerInstruments,
    method: string,
    request: Request | undefined,
    requestBytes: number | undefined,
  ) {
    super();
    this.#instruments = instruments;
    this.#method = instruments.method(method);
    this.#request = request;
    this.#requestBytes = requestBytes;
    this.#method.begin();
    if (request !== undefined) instruments.abortWatch.add(this);
    this.#startMs = instruments.clock.now();
  }

  /** Does what the program does for this request. All of it happens in here, and nothing else. */
  run<Result>(work: () => Result): Result {
    return work();
  }

  /**
   * There is a response.
   *
   * @param response What the program gave
   * @param route The route's label
   * @param exception What was thrown, if the response is there because of it
   * @returns What is to be sent
   */
  respond(response: Response, route: string, exception?: unknown): Response {
    const { status } = response;
    this.#route = route;
    this.#status = status;
    // An upgraded connection is no request any more, and Deno takes it for an aborted one.
    if (status === SWITCHING_PROTOCOLS) this.#end(undefined, undefined);
    else if (this.#hasClientGone) this.#endUnanswered();
    else {
      const errorClass = exception === undefined || status < SERVER_ERROR
        ? classOfStatus(status)
        : classOfException(exception);
      if (this.#method.label === "HEAD") this.#end(errorClass, undefined);
      else return this.#send(response, errorClass);
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
    this.#route = route;
    if (this.#hasClientGone) this.#endUnanswered();
    else this.#end(classOfException(exception), undefined);
  }

  /**
   * The response is sent.
   *
   * @param status Its status
   * @param route The route's label
   * @param errorClass The class of its error, if it is one
   * @param responseBytes How large its body was, if that is known
   */
  end(status: number, route: string, errorClass: string | undefined, responseBytes: number | undefined): void {
    this.#route = route;
    this.#status = status;
    this.#end(errorClass, responseBytes);
  }

  /** See {@linkcode Watchable.watch}. */
  override watch(): void {
    this.#signal = this.#request?.signal;
  }

  /** See {@linkcode StreamListener.onEnd}. */
  onEnd(bytes: number): void {
    this.#end(classOfStatus(this.#status), bytes);
  }

  /** See {@linkcode StreamListener.onCancel}. */
  onCancel(bytes: number): void {
    this.#end("aborted", bytes);
  }

  /** See {@linkcode StreamListener.onError}. */
  onError(bytes: number, error: unknown): void {
    this.#end(classOfException(error), bytes);
  }

  get #hasClientGone(): boolean {
    return this.#signal !== undefined && this.#signal.aborted;
  }

  #send(response: Response, errorClass: string | undefined): Response {
    const bytes = this.#instruments.bodySize(response);
    if (bytes === undefined) {
      const { body } = response;
      if (body !== null && !body.locked && !response.bodyUsed) {
        // Whoever looks later whether the client has gone would be told so, because Deno says it of all that is over.
        this.#instruments.abortWatch.delete(this);
        return new Response(measuredStream(body, this), response);
      }
    }
    this.#end(errorClass, bytes);
    return response;
  }

  #endUnanswered(): void {
    this.#status = CLIENT_CLOSED_REQUEST;
    this.#end("aborted", undefined);
  }

  #end(errorClass: string | undefined, responseBytes: number | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { abortWatch, clock } = this.#instruments;
    if (this.#request !== undefined) abortWatch.delete(this);
    const route = this.#method.route(this.#route);
    route.duration(this.#status).observe((clock.now() - this.#startMs) / MS_PER_SECOND);
    if (this.#requestBytes !== undefined) route.requestSize.observe(this.#requestBytes);
    if (responseBytes !== undefined) route.responseSize.observe(responseBytes);
    if (errorClass !== undefined) this.#instruments.countError(errorClass);
    this.#method.end();
  }
}
