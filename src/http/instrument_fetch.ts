/**
 * Metrics around `fetch`.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { clockOf, type TimeSource } from "../clocked.ts";
import { checkOptionNames, rangeError, typeError } from "../errors.ts";
import type { Counter } from "../instrument/counter.ts";
import type { Histogram } from "../instrument/histogram.ts";
import type { Timer } from "../instrument/timer.ts";
import type { TraceContext } from "../record/trace_context.ts";
import type { Tracer } from "../trace/tracer.ts";
import { classOfException, classOfStatus } from "./error_class.ts";
import { methodLabel, OTHER, statusLabel } from "./labels.ts";
import type { InstrumentMaker } from "./options.ts";
import { parseLength } from "./request_body.ts";
import { namingSpan, openClientSpan } from "./request_trace.ts";

/** How calls are measured. */
export interface InstrumentFetchOptions {
  /** Hosts with a label value of their own, 1 to 10,000; those that come later share `_OTHER`. 100 by default. */
  readonly hostsMax?: number;
}

/** A function like `fetch`. */
export type FetchLike = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

const ACTION = "instrument fetch";
const HOSTS_MAX_DEFAULT = 100;
const HOSTS_MAX_LIMIT = 10_000;
const MS_PER_SECOND = 1_000;
/** The status of calls that got none. */
const NO_STATUS = "error";

/**
 * Gives a `fetch` that is measured at each call: `http_client_request_duration_seconds{method,host,status}` until there
 * is a response, `http_client_errors_total{class}`, and as far as they are known beforehand
 * `http_client_request_body_size_bytes{method,host}` and `http_client_response_body_size_bytes{method,host}`. A call
 * that gets no response has the status `error`. A call inside of a trace is a span of it, and its headers `traceparent` and
 * `tracestate` say so.
 *
 * @param metrics Where to record
 * @param fetch What is called
 * @param options How many hosts are told apart
 * @returns A function of the same type; what it gives and throws is what `fetch` gives and throws
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
  if (typeof fetch !== "function") throw typeError(ACTION, "fetch", "be a function", fetch);
  const instruments = new ClientInstruments(metrics, checkHostsMax(options));

  const instrumentedFetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const call = instruments.call(methodOf(input, init), hostOf(input));
    const span = openClientSpan(instruments.tracer);
    const startMs = instruments.clock.now();
    try {
      const response = await fetch(input, span === undefined ? init : namingSpan(input, init, span));
      call.end(startMs, statusLabel(response.status), span, classOfStatus(response.status) !== undefined);
      call.observeSizes(sizeOf(init?.body), parseLength(response.headers.get("content-length")));
      instruments.countError(classOfStatus(response.status));
      return response;
    } catch (exception) {
      call.end(startMs, NO_STATUS, span, true);
      instruments.countError(classOfFailure(exception, input, init));
      throw exception;
    }
  };
  return instrumentedFetch as Fetch;
}

/** The instruments of calls, and their handles. */
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

  /** The handles of a method and host. */
  call(method: string, given: string): CallHandles {
    const host = this.#hosts.has(given) || this.#hosts.size < this.#hostsMax ? given : OTHER;
    if (host !== OTHER) this.#hosts.add(host);
    let byHost = this.#calls.get(method);
    if (byHost === undefined) this.#calls.set(method, byHost = new Map());
    let call = byHost.get(host);
    if (call === undefined) byHost.set(host, call = new CallHandles(this.#families, this.clock, method, host));
    return call;
  }

  /** Counts an error, if it is one. */
  countError(errorClass: string | undefined): void {
    if (errorClass === undefined) return;
    let counter = this.#errorsByClass.get(errorClass);
    if (counter === undefined) {
      this.#errorsByClass.set(errorClass, counter = this.#families.errors.with({ class: errorClass }));
    }
    counter.inc();
  }
}

/** The handles of a method and host. */
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
      help: "Size of the bodies of what calls were answered",
      unit: "bytes",
      labels,
    }),
    errors: metrics.counter("http_client_errors_total", {
      help: "Calls that ended with an error, by its class",
      labels: ["class"],
    }),
  };
}

function checkHostsMax(options: InstrumentFetchOptions): number {
  checkOptionNames(ACTION, options, ["hostsMax"]);
  const { hostsMax = HOSTS_MAX_DEFAULT } = options;
  if (typeof hostsMax !== "number") throw typeError(ACTION, "hostsMax", "be a number", hostsMax);
  if (Number.isInteger(hostsMax) && hostsMax >= 1 && hostsMax <= HOSTS_MAX_LIMIT) return hostsMax;
  throw rangeError(ACTION, "hostsMax", `be a whole number from 1 to ${HOSTS_MAX_LIMIT}`, hostsMax);
}

function methodOf(input: string | URL | Request, init: RequestInit | undefined): string {
  const method = init?.method ?? (input instanceof Request ? input.method : "GET");
  return methodLabel(String(method).toUpperCase());
}

/** Host and port, without what may be secret in an address. */
function hostOf(input: string | URL | Request): string {
  const url = input instanceof URL ? input : URL.parse(input instanceof Request ? input.url : String(input));
  return url?.host || OTHER;
}

/** The bytes of a body that is there as a whole. */
function sizeOf(body: unknown): number | undefined {
  if (typeof body === "string") return Buffer.byteLength(body);
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return body.byteLength;
  return body instanceof Blob ? body.size : undefined;
}

function classOfFailure(exception: unknown, input: string | URL | Request, init: RequestInit | undefined): string {
  const errorClass = classOfException(exception);
  if (errorClass === "timeout") return errorClass;
  const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
  return signal?.aborted === true ? "aborted" : errorClass;
}
