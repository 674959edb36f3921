/**
 * The instruments of requests that are served, and their handles by method, route and status. Handles are kept, so that
 * a request looks up no labels; what requests choose themselves is bounded before it gets here or here.
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
import { type BodySize, findBodySize } from "./static_body.ts";

/** Routes of one method; more than any router has, and a bound for who makes routes out of paths. */
const ROUTES_MAX = 1_000;
/** The place of all that is no status. */
const NO_STATUS = 0;

const ROUTE_LABELS = ["method", "route"] as const;
const REQUEST_LABELS = [...ROUTE_LABELS, "status"] as const;

/** The instruments, one set for all that measures requests with the same metrics. */
export class ServerInstruments {
  /** When requests begin and end. */
  readonly clock: TimeSource;
  /** Joins requests to traces. */
  readonly tracer: Tracer;
  /** Looks for clients that have gone. */
  readonly abortWatch: AbortWatch = new AbortWatch();
  /** What responses are made of. */
  readonly bodySize: BodySize = findBodySize();
  /** How long requests took. */
  readonly durations: TimerFamily<typeof REQUEST_LABELS[number]>;
  /** How large their bodies were. */
  readonly requestSizes: HistogramFamily<typeof ROUTE_LABELS[number]>;
  /** How large those of their responses were. */
  readonly responseSizes: HistogramFamily<typeof ROUTE_LABELS[number]>;
  readonly #errors: CounterFamily<"class">;
  readonly #errorsByClass: Map<string, Counter> = new Map();
  readonly #methods: Map<string, MethodHandles> = new Map();
  /** The last one that was asked for; the next request often has it, too, and a look-up takes ten times as long. */
  #lastMethod: string | undefined;
  #lastHandles!: MethodHandles;

  /** Makes them, or takes what there is of that name. */
  constructor(metrics: InstrumentMaker) {
    this.clock = clockOf(metrics);
    this.tracer = metrics.trace;
    this.durations = metrics.timer("http_server_request_duration", {
      help: "Time from a request's arrival to the end of its response",
      labels: REQUEST_LABELS,
    });
    metrics.gauge("http_server_active_requests", {
      help: "Requests that are being answered",
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

  /** The handles of a method. */
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

/** The handles of a method. */
export class MethodHandles {
  /** The method's label. */
  readonly label: string;
  /** What they are handles of. */
  readonly instruments: ServerInstruments;
  /** How many requests go on. */
  active = 0;
  readonly #routes: Map<string, RouteHandles> = new Map();
  /** The last one that was asked for, which one request asks for up to three times. */
  #lastRoute: string | undefined;
  #lastHandles!: RouteHandles;

  /** Without routes. */
  constructor(instruments: ServerInstruments, label: string) {
    this.label = label;
    this.instruments = instruments;
  }

  /** The handles of a route. */
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

/** The handles of a route. */
class RouteHandles {
  readonly #instruments: ServerInstruments;
  readonly #labels: { readonly method: string; readonly route: string };
  /** By status. */
  readonly #durations: Timer[] = [];
  #requestSize: Histogram | undefined;
  #responseSize: Histogram | undefined;

  /** Without series. */
  constructor(instruments: ServerInstruments, method: string, route: string) {
    this.#instruments = instruments;
    this.#labels = { method, route };
  }

  /** The timer of a status. */
  duration(status: number): Timer {
    return this.#durations[status] ?? this.#addDuration(status);
  }

  /** The sizes of request bodies. */
  get requestSize(): Histogram {
    return this.#requestSize ??= this.#instruments.requestSizes.with(this.#labels);
  }

  /** The sizes of response bodies. */
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

/** The instruments of metrics: the same for each who asks. */
export function serverInstrumentsOf(metrics: InstrumentMaker): ServerInstruments {
  let instruments = instrumentsByMetrics.get(metrics);
  if (instruments === undefined) {
    checkMaker({ action: "measure HTTP requests", path: "metrics" }, metrics);
    instrumentsByMetrics.set(metrics, instruments = new ServerInstruments(metrics));
  }
  return instruments;
}
