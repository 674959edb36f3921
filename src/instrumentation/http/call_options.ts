/**
 * Inspects the second argument of a call of `fetch` without side effects: its getters run only when `fetch` reads them,
 * once each and in the same order.
 *
 * @module
 */

import { isProxy } from "node:util/types";
import type { TraceContext } from "../../record/trace_context.ts";
import { writeTraceHeaders } from "../../trace/traceparent.ts";

/** Options that the measurement reads. */
type Asked = "method" | "body" | "signal";

/** Marks a value that only a getter of the program could return. */
const HIDDEN = Symbol("hidden");
const REQUEST_GETTERS = Object.getOwnPropertyDescriptors(Request.prototype);

/** Options of one call. */
export class CallOptions {
  /** Options to pass to `fetch`. */
  readonly given: unknown;
  readonly #init: unknown;
  readonly #view: InitView | undefined;

  /**
   * Prepares the options of a call.
   *
   * @param input First argument of the program's call
   * @param init Second argument of the program's call
   * @param span Span that the headers name, if the call is traced
   */
  constructor(input: unknown, init: unknown, span: TraceContext | undefined) {
    this.#init = init;
    if (isObject(init) && (span !== undefined || peek(init, "method") === HIDDEN || peek(init, "body") === HIDDEN)) {
      this.#view = new InitView(init, input, span);
      this.given = this.#view.proxy;
    } else {
      this.given = (init ?? undefined) === undefined && span !== undefined ? initOf(input, span) : init;
    }
  }

  /** Returns an option; `undefined` if there is none, or if `fetch` has not read it. */
  get(key: Asked): unknown {
    if (this.#view !== undefined) return this.#view.read[key];
    const value = isObject(this.#init) ? peek(this.#init, key) : undefined;
    return value === HIDDEN ? undefined : value;
  }
}

/**
 * View of the program's options whose headers name the span. The target of the proxy is an empty object: if it were a
 * frozen object of the program, the headers could not differ.
 */
class InitView implements ProxyHandler<object> {
  readonly proxy: object;
  /** Values that `fetch` has read. */
  readonly read: Partial<Record<Asked, unknown>> = {};
  readonly #init: object;
  readonly #input: unknown;
  readonly #span: TraceContext | undefined;
  #headers: { readonly from: unknown; readonly named: unknown } | undefined;

  constructor(init: object, input: unknown, span: TraceContext | undefined) {
    this.#init = init;
    this.#input = input;
    this.#span = span;
    this.proxy = new Proxy({}, this);
  }

  get(_target: object, key: PropertyKey): unknown {
    const value = Reflect.get(this.#init, key);
    if (key === "headers") return this.#named(value);
    if (key === "method" || key === "body" || key === "signal") this.read[key] = value;
    return value;
  }

  set(_target: object, key: PropertyKey, value: unknown): boolean {
    return Reflect.set(this.#init, key, value);
  }

  has(_target: object, key: PropertyKey): boolean {
    return (key === "headers" && this.#span !== undefined) || Reflect.has(this.#init, key);
  }

  deleteProperty(_target: object, key: PropertyKey): boolean {
    return Reflect.deleteProperty(this.#init, key);
  }

  defineProperty(_target: object, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    return Reflect.defineProperty(this.#init, key, descriptor);
  }

  getPrototypeOf(): object | null {
    return Reflect.getPrototypeOf(this.#init);
  }

  ownKeys(): (string | symbol)[] {
    const keys = Reflect.ownKeys(this.#init);
    return this.#span === undefined || keys.includes("headers") ? keys : [...keys, "headers"];
  }

  getOwnPropertyDescriptor(_target: object, key: PropertyKey): PropertyDescriptor | undefined {
    const own = Reflect.getOwnPropertyDescriptor(this.#init, key);
    if (key !== "headers" || this.#span === undefined) return own && { ...own, configurable: true };
    const { enumerable = true } = own ?? {};
    return { value: this.get(this.#init, key), writable: true, enumerable, configurable: true };
  }

  /** Returns the headers with those of the span, created once per value, which may be an iterator. */
  #named(value: unknown): unknown {
    if (this.#span === undefined) return value;
    if (this.#headers === undefined || this.#headers.from !== value) {
      this.#headers = { from: value, named: namedHeaders(value, this.#input, this.#span) };
    }
    return this.#headers.named;
  }
}

function namedHeaders(value: unknown, input: unknown, span: TraceContext): unknown {
  const given = replayable(value === undefined && input instanceof Request ? input.headers : value);
  try {
    if (given !== undefined && !isObject(given)) return value;
    const headers = new Headers(given as HeadersInit | undefined);
    writeTraceHeaders(headers, span);
    return headers;
  } catch {
    // `fetch` throws its usual error when it reads them.
    return given;
  }
}

/** Returns a list of an iterator's values, because an iterator can be read only once. */
function replayable(value: unknown): unknown {
  const isIterator = isObject(value) && !Array.isArray(value) && !(value instanceof Headers) &&
    Symbol.iterator in value;
  return isIterator ? [...value as Iterable<unknown>] : value;
}

/** Returns options for a call without them. By the standard, any options reset the referrer of a request. */
function initOf(input: unknown, span: TraceContext): RequestInit {
  const headers = namedHeaders(undefined, input, span) as Headers;
  if (!(input instanceof Request)) return { headers };
  const { referrer, referrerPolicy } = input;
  return referrer === "about:client" ? { headers } : { headers, referrer, referrerPolicy };
}

/** Returns a property if it can be read without running code of the program, otherwise {@linkcode HIDDEN}. */
function peek(object: object, key: Asked): unknown {
  for (let owner: object | null = object; owner !== null; owner = Object.getPrototypeOf(owner)) {
    if (isProxy(owner)) return HIDDEN;
    const property = Object.getOwnPropertyDescriptor(owner, key);
    if (property === undefined) continue;
    if ("value" in property) return property.value;
    // The getter of a request's body would turn it into a stream.
    const isHarmless = key !== "body" && property.get === REQUEST_GETTERS[key].get && object instanceof Request;
    if (isHarmless) return Reflect.apply(property.get!, object, []);
    return key === "body" && object instanceof Request ? undefined : HIDDEN;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
