/**
 * Metrics around `fetch`.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { clockOf, type TimeSource } from "../../api/clocked.ts";
import { checkFunction, checkWhole, orDefault } from "../../check/checks.ts";
import { checkOptions } from "../../check/options.ts";
import type { Counter } from "../../instrument/counter.ts";
import type { Histogram } from "../../instrument/histogram.ts";
import { isPromise, markReplacement, returnsNewPromises, whenSettled } from "../../instrument/settlement.ts";
import type { Timer } from "../../instrument/timer.ts";
import type { TraceContext } from "../../record/trace_context.ts";
import type { Tracer } from "../../trace/tracer.ts";
import { CallOptions } from "./call_options.ts";
import { classOfException, classOfStatus } from "./error_class.ts";
import { methodLabel, OTHER, statusLabel } from "./labels.ts";
import { checkMaker, type InstrumentMaker } from "./options.ts";
import { hasNoBody, parseLength } from "./request_body.ts";
import { openClientSpan } from "./request_trace.ts";

/** Options of {@linkcode instrumentFetch}. */
export interface InstrumentFetchOptions {
  /**
   * Maximum number of values of the label `host`, 1 to 10,000; further hosts share `_OTHER`.
   *
   * @default {100}
   */
  readonly hostsMax?: number;
}

/** A function with the signature of `fetch`. */
export type FetchLike = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

const ACTION = "instrument fetch";
const OPTIONS = { hostsMax: orDefault(checkWhole(1, 10_000), 100) };
const MS_PER_SECOND = 1_000;
/** Label `status` of calls without a response. */
const NO_STATUS = "error";

/**
 * Returns a `fetch` that measures each call: `http_client_request_duration_seconds{method,host,status}` until the
 * response, `http_client_errors_total{class}`, and, where sizes are known in advance,
 * `http_client_request_body_size_bytes{method,host}` and `http_client_response_body_size_bytes{method,host}`. A call
 * without a response has the status `error`. A call within a trace is a span of it, which its headers `traceparent` and
 * `tracestate` name.
 *
 * A response to `HEAD`, or with a status that has no body, has no size, whatever its `Content-Length`.
 *
 * @param metrics Metrics that record the calls
 * @param fetch Function to call. If it is neither the runtime's nor `async`, its calls are measured once their promises
 * are used, as {@linkcode Timer.wrap} describes
 * @param options Limit of hosts
 * @returns A function with the same properties that returns and throws the same as `fetch`
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If an option is out of range
 *
 * @example Measure calls
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { createMetrics } from "@hotpath/metrics";
 * import { instrumentFetch } from "@hotpath/metrics/server";
 *
 * await using metrics = createMetrics();
 * const measuredFetch = instrumentFetch(metrics, fetch);
 * await measuredFetch("data:text/plain,hello");
 * const labels = 'method="GET",host="_OTHER",status="200"';
 * assertStringIncludes(await metrics.scrape(), `http_client_request_duration_seconds_count{${labels}} 1`);
 * ```
 */
export function instrumentFetch<Fetch extends FetchLike>(
  metrics: InstrumentMaker,
  fetch: Fetch,
  options: InstrumentFetchOptions = {},
): Fetch {
  checkFunction({ action: ACTION, path: "fetch" }, fetch);
  const { hostsMax } = checkOptions(ACTION, options, OPTIONS);
  checkMaker({ action: ACTION, path: "metrics" }, metrics);
  const instruments = new ClientInstruments(metrics, hostsMax);

  // Promises of the runtime's `fetch` are new, too: no other code has a reference to them.
  const isNew = fetch === globalThis.fetch || returnsNewPromises(fetch);
  const measured = new Proxy(fetch, {
    apply(_fetch, self, values: Parameters<FetchLike>): unknown {
      const call = new Call(instruments, values);
      let result: unknown;
      try {
        result = Reflect.apply(fetch, self, call.values);
      } catch (exception) {
        call.fail(exception);
        throw exception;
      }
      const followed = isPromise(result)
        ? whenSettled(result, isNew, (response) => call.respond(response), (reason) => call.fail(reason))
        : undefined;
      if (followed !== undefined) return followed;
      call.respond(result);
      return result;
    },
  });
  if (isNew) markReplacement(measured);
  return measured;
}

/** Measurement of one call. */
class Call {
  /** Arguments to call `fetch` with. */
  readonly values: unknown[];
  readonly #instruments: ClientInstruments;
  readonly #input: unknown;
  readonly #options: CallOptions;
  readonly #span: TraceContext | undefined;
  readonly #startMs: number;

  constructor(instruments: ClientInstruments, values: readonly unknown[]) {
    this.#instruments = instruments;
    this.#span = openClientSpan(instruments.tracer);
    this.#input = values[0];
    // `fetch` throws without arguments, which adding options must not change.
    this.#options = new CallOptions(this.#input, values[1], values.length > 0 ? this.#span : undefined);
    const hasOptions = values.length > 1 || this.#options.given !== undefined;
    this.values = hasOptions ? [this.#input, this.#options.given, ...values.slice(2)] : [...values];
    this.#startMs = instruments.clock.now();
  }

  /** Records a response, or the value that a function like `fetch` returned instead. */
  respond(response: unknown): void {
    const method = this.#method();
    const { status, bytes } = readResponse(method, response);
    const errorClass = classOfStatus(status);
    const handles = this.#handles(method);
    handles.end(this.#startMs, statusLabel(status), this.#span, errorClass !== undefined);
    handles.observeSizes(sizeOf(this.#options.get("body")), bytes);
    this.#instruments.countError(errorClass);
  }

  /** Records a call without a response. */
  fail(exception: unknown): void {
    this.#handles(this.#method()).end(this.#startMs, NO_STATUS, this.#span, true);
    this.#instruments.countError(this.#classOf(exception));
  }

  #handles(method: string): CallHandles {
    return this.#instruments.call(method, hostOf(this.#input));
  }

  #method(): string {
    const method = this.#options.get("method") ?? (this.#input instanceof Request ? this.#input.method : "GET");
    return typeof method === "string" ? methodLabel(method.toUpperCase()) : OTHER;
  }

  #classOf(exception: unknown): string {
    const errorClass = classOfException(exception);
    if (errorClass === "timeout") return errorClass;
    const signal = this.#options.get("signal") ?? (this.#input instanceof Request ? this.#input.signal : undefined);
    return signal instanceof AbortSignal && signal.aborted ? "aborted" : errorClass;
  }
}

/** Reads status and size of a response. A mock in tests may lack any property, or throw. */
function readResponse(method: string, response: unknown): { readonly status: number; readonly bytes?: number } {
  let status = NaN;
  try {
    const given = response as Response;
    if (typeof given.status === "number") ({ status } = given);
    if (hasNoBody(method, status)) return { status };
    const bytes = parseLength(given.headers.get("content-length"));
    return bytes === undefined || given.body === null ? { status } : { status, bytes };
  } catch {
    return { status };
  }
}

/** Instruments of calls, and their handles. */
class ClientInstruments {
  readonly clock: TimeSource;
  readonly tracer: Tracer;
  readonly #families;
  readonly #hostsMax: number;
  readonly #hosts: Set<string> = new Set();
  readonly #calls: Map<string, Map<string, CallHandles>> = new Map();
  readonly #errorsByClass: Map<string, Counter> = new Map();

  constructor(metrics: InstrumentMaker, hostsMax: number) {
    this.clock = clockOf(metrics);
    this.tracer = metrics.trace;
    this.#families = familiesOf(metrics);
    this.#hostsMax = hostsMax;
  }

  /** Returns the handles of a method and host. */
  call(method: string, given: string): CallHandles {
    const host = this.#hosts.has(given) || this.#hosts.size < this.#hostsMax ? given : OTHER;
    if (host !== OTHER) this.#hosts.add(host);
    let byHost = this.#calls.get(method);
    if (byHost === undefined) this.#calls.set(method, byHost = new Map());
    let call = byHost.get(host);
    if (call === undefined) byHost.set(host, call = new CallHandles(this.#families, this.clock, method, host));
    return call;
  }

  /** Counts an error, if there is one. */
  countError(errorClass: string | undefined): void {
    if (errorClass === undefined) return;
    let counter = this.#errorsByClass.get(errorClass);
    if (counter === undefined) {
      this.#errorsByClass.set(errorClass, counter = this.#families.errors.with({ class: errorClass }));
    }
    counter.inc();
  }
}

/** Handles of a method and host. */
class CallHandles {
  readonly #families;
  readonly #clock: TimeSource;
  readonly #labels: { readonly method: string; readonly host: string };
  readonly #durations: Map<string, Timer> = new Map();
  #requestSize: Histogram | undefined;
  #responseSize: Histogram | undefined;

  constructor(families: ReturnType<typeof familiesOf>, clock: TimeSource, method: string, host: string) {
    this.#families = families;
    this.#clock = clock;
    this.#labels = { method, host };
  }

  end(startMs: number, status: string, span: TraceContext | undefined, hasFailed: boolean): void {
    let timer = this.#durations.get(status);
    if (timer === undefined) {
      this.#durations.set(status, timer = this.#families.durations.with({ ...this.#labels, status }));
    }
    if (span !== undefined) timer.endSpan(startMs, span, hasFailed);
    else timer.observe((this.#clock.now() - startMs) / MS_PER_SECOND);
  }

  observeSizes(requestBytes: number | undefined, responseBytes: number | undefined): void {
    const { requestSizes, responseSizes } = this.#families;
    if (requestBytes !== undefined) (this.#requestSize ??= requestSizes.with(this.#labels)).observe(requestBytes);
    if (responseBytes !== undefined) (this.#responseSize ??= responseSizes.with(this.#labels)).observe(responseBytes);
  }
}

function familiesOf(metrics: InstrumentMaker) {
  const labels = ["method", "host"] as const;
  return {
    durations: metrics.timer("http_client_request_duration", {
      help: "Time from a call to its response",
      labels: [...labels, "status"],
    }),
    requestSizes: metrics.histogram("http_client_request_body_size", {
      help: "Size of the bodies of calls",
      unit: "bytes",
      labels,
    }),
    responseSizes: metrics.histogram("http_client_response_body_size", {
      help: "Size of the bodies of responses to calls",
      unit: "bytes",
      labels,
    }),
    errors: metrics.counter("http_client_errors_total", {
      help: "Calls that ended with an error, by its class",
      labels: ["class"],
    }),
  };
}

/** Returns host and port, without parts that may be secret. Other objects are not converted: only `fetch` may do so. */
function hostOf(input: unknown): string {
  const address = input instanceof Request ? input.url : input;
  const url = typeof address === "string" ? URL.parse(address) : address;
  return (url instanceof URL && url.host) || OTHER;
}

/** Returns the bytes of a body that is not a stream. */
function sizeOf(body: unknown): number | undefined {
  if (typeof body === "string") return Buffer.byteLength(body);
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  return body instanceof Blob ? body.size : undefined;
}
