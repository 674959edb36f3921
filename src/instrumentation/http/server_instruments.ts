/**
 * Instruments of served requests, and their handles by method, route and status. Handles are cached, so that a request
 * looks up no labels. The number of label values that clients can choose is bounded.
 *
 * @module
 */

import { clockOf, type TimeSource } from "../../api/clocked.ts";
import type { Counter, CounterFamily } from "../../instrument/counter.ts";
import type { Histogram, HistogramFamily } from "../../instrument/histogram.ts";
import type { Timer, TimerFamily } from "../../instrument/timer.ts";
import type { Tracer } from "../../trace/tracer.ts";
import { AbortWatch } from "./abort_watch.ts";
import { methodLabel, OTHER, statusLabel } from "./labels.ts";
import { checkMaker, type InstrumentMaker } from "./options.ts";
import { SafeSignals } from "./safe_signals.ts";
import { type BodySize, findBodySize } from "./static_body.ts";

/** Maximum number of routes per method: more than any router has, and a limit for programs that use paths as routes. */
const ROUTES_MAX = 1_000;
/** Index of all invalid statuses. */
const NO_STATUS = 0;

const ROUTE_LABELS = ["method", "route"] as const;
const REQUEST_LABELS = [...ROUTE_LABELS, "status"] as const;

/** Instruments of requests, shared by all handlers with the same metrics. */
export class ServerInstruments {
  /** Clock that times requests. */
  readonly clock: TimeSource;
  /** Joins requests to traces. */
  readonly tracer: Tracer;
  /** Detects clients that have disconnected. */
  readonly abortWatch: AbortWatch = new AbortWatch();
  /** Signals of requests that may be read. */
  readonly signals: SafeSignals = new SafeSignals();
  /** Returns the size of a response's body. */
  readonly bodySize: BodySize = findBodySize();
  /** Durations of requests. */
  readonly durations: TimerFamily<typeof REQUEST_LABELS[number]>;
  /** Sizes of request bodies. */
  readonly requestSizes: HistogramFamily<typeof ROUTE_LABELS[number]>;
  /** Sizes of response bodies. */
  readonly responseSizes: HistogramFamily<typeof ROUTE_LABELS[number]>;
  readonly #errors: CounterFamily<"class">;
  readonly #errorsByClass: Map<string, Counter> = new Map();
  readonly #methods: Map<string, MethodHandles> = new Map();
  /** Most recent method, which the next request often has too; a lookup takes ten times as long. */
  #lastMethod: string | undefined;
  #lastHandles!: MethodHandles;

  /** Creates the instruments, or uses existing ones of the same names. */
  constructor(metrics: InstrumentMaker) {
    this.clock = clockOf(metrics);
    this.tracer = metrics.trace;
    this.durations = metrics.timer("http_server_request_duration", {
      help: "Time from a request's arrival to the end of its response",
      labels: REQUEST_LABELS,
    });
    metrics.gauge("http_server_active_requests", {
      help: "Requests in progress",
      labels: ["method"],
      collect: (gauge) => {
        for (const { label, active } of this.#methods.values()) gauge.with({ method: label }).set(active);
      },
    });
    this.requestSizes = metrics.histogram("http_server_request_body_size", {
      help: "Size of request bodies",
      unit: "bytes",
      labels: ROUTE_LABELS,
    });
    this.responseSizes = metrics.histogram("http_server_response_body_size", {
      help: "Size of response bodies",
      unit: "bytes",
      labels: ROUTE_LABELS,
    });
    this.#errors = metrics.counter("http_server_errors_total", {
      help: "Requests that ended with an error, by its class",
      labels: ["class"],
    });
  }

  /** Returns the handles of a method. */
  method(method: string): MethodHandles {
    if (method !== this.#lastMethod) {
      this.#lastHandles = this.#methods.get(method) ?? this.#addMethod(methodLabel(method));
      this.#lastMethod = method;
    }
    return this.#lastHandles;
  }

  /** Counts an error. */
  countError(errorClass: string): void {
    let counter = this.#errorsByClass.get(errorClass);
    if (counter === undefined) {
      this.#errorsByClass.set(errorClass, counter = this.#errors.with({ class: errorClass }));
    }
    counter.inc();
  }

  #addMethod(label: string): MethodHandles {
    let handles = this.#methods.get(label);
    if (handles === undefined) this.#methods.set(label, handles = new MethodHandles(this, label));
    return handles;
  }
}

/** Handles of a method. */
export class MethodHandles {
  /** Label of the method. */
  readonly label: string;
  /** Instruments of the handles. */
  readonly instruments: ServerInstruments;
  /** Number of requests in progress. */
  active = 0;
  readonly #routes: Map<string, RouteHandles> = new Map();
  /** Most recent route, which one request looks up to three times. */
  #lastRoute: string | undefined;
  #lastHandles!: RouteHandles;

  /** Creates the handles of a method. */
  constructor(instruments: ServerInstruments, label: string) {
    this.label = label;
    this.instruments = instruments;
  }

  /** Returns the handles of a route. */
  route(route: string): RouteHandles {
    if (route !== this.#lastRoute) {
      this.#lastHandles = this.#routes.get(route) ?? this.#addRoute(this.#routes.size < ROUTES_MAX ? route : OTHER);
      this.#lastRoute = route;
    }
    return this.#lastHandles;
  }

  #addRoute(route: string): RouteHandles {
    let handles = this.#routes.get(route);
    if (handles === undefined) {
      this.#routes.set(route, handles = new RouteHandles(this.instruments, this.label, route));
    }
    return handles;
  }
}

/** Handles of a route. */
class RouteHandles {
  readonly #instruments: ServerInstruments;
  readonly #labels: { readonly method: string; readonly route: string };
  /** Timers by status. */
  readonly #durations: Timer[] = [];
  #requestSize: Histogram | undefined;
  #responseSize: Histogram | undefined;

  constructor(instruments: ServerInstruments, method: string, route: string) {
    this.#instruments = instruments;
    this.#labels = { method, route };
  }

  /** Returns the timer of a status. */
  duration(status: number): Timer {
    return this.#durations[status] ?? this.#addDuration(status);
  }

  /** Sizes of request bodies, bound on first use. */
  get requestSize(): Histogram {
    return this.#requestSize ??= this.#instruments.requestSizes.with(this.#labels);
  }

  /** Sizes of response bodies, bound on first use. */
  get responseSize(): Histogram {
    return this.#responseSize ??= this.#instruments.responseSizes.with(this.#labels);
  }

  #addDuration(given: number): Timer {
    const label = statusLabel(given);
    const status = label === OTHER ? NO_STATUS : given;
    return this.#durations[status] ??= this.#instruments.durations.with({ ...this.#labels, status: label });
  }
}

const instrumentsByMetrics: WeakMap<InstrumentMaker, ServerInstruments> = new WeakMap();

/** Returns the instruments of metrics, created once. */
export function serverInstrumentsOf(metrics: InstrumentMaker): ServerInstruments {
  let instruments = instrumentsByMetrics.get(metrics);
  if (instruments === undefined) {
    checkMaker({ action: "measure HTTP requests", path: "metrics" }, metrics);
    instrumentsByMetrics.set(metrics, instruments = new ServerInstruments(metrics));
  }
  return instruments;
}
