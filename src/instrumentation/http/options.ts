/**
 * Options of HTTP instrumentation, and their validation.
 *
 * @module
 */

import { checkBoolean, checkList, checkMethods, checkString } from "../../check/checks.ts";
import { rangeError } from "../../check/errors.ts";
import { checkOptionNames } from "../../check/options.ts";
import { type Check, refusal } from "../../check/place.ts";
import type { Metrics } from "../../api/metrics.ts";
import { UNMATCHED } from "./labels.ts";

/** Metrics that create instruments: those of the main thread, of an attached thread, or `noopMetrics`. */
export type InstrumentMaker = Pick<Metrics, "counter" | "gauge" | "histogram" | "timer" | "trace">;

/** Checks {@linkcode InstrumentMaker}. */
export const checkMaker: Check<object> = checkMethods(
  "come from createMetrics",
  ...["counter", "gauge", "histogram", "timer"],
);

/** Options of measured requests. */
export interface HttpMetricsOptions {
  /**
   * Requests that are not measured: exact paths, prefixes that end in `*`, or a function called with each request.
   *
   * @default {[]}
   */
  readonly ignore?: readonly string[] | ((request: Request) => boolean);
  /**
   * Whether clients that disconnect before the response are detected, which reads the `signal` of requests that take
   * longer than some 10 ms. Deno 2 warns once about that unless it runs with `--unstable-no-legacy-abort`, so by default
   * it is read only where that causes no warning: with the flag, from the second such request on, and on other runtimes.
   * `true` reads it in any case, `false` never. Clients that disconnect during a stream or an upload are detected either
   * way.
   */
  readonly watchAborts?: boolean;
}

/** Options of measured handlers without a router. */
export interface HandlerOptions extends HttpMetricsOptions {
  /**
   * Routes of requests: path patterns of `URLPattern`, the first match counts, or a function that returns one of a few
   * values, such as `/users/:id`. By default, all requests share the route `unmatched`.
   *
   * @default {[]}
   */
  readonly route?: readonly string[] | ((request: Request) => string | undefined);
}

/** Whether a request is not measured. */
export type IsIgnored = (path: string, request: Request) => boolean;

/** Returns the route of a request. */
export type RouteOf = (request: Request) => string;

/** Checked {@linkcode HttpMetricsOptions}. */
export interface ResolvedHttpOptions {
  /** Whether a request is ignored; `undefined` if all requests are measured. */
  readonly isIgnored: IsIgnored | undefined;
  /** Whether disconnects are detected; `undefined` to detect them only where that causes no warning. */
  readonly watchAborts: boolean | undefined;
}

const OPTION_NAMES: readonly (keyof HttpMetricsOptions)[] = ["ignore", "watchAborts"];

/** Special characters of path patterns. */
const PATTERN = /[:*{}()?+\\]/;

/**
 * Checks options.
 *
 * @param action Action that the error names
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If a path does not begin with `/`
 */
export function resolveHttpOptions(
  action: string,
  options: HttpMetricsOptions,
  optionNames: readonly string[] = OPTION_NAMES,
): ResolvedHttpOptions {
  checkOptionNames(action, options, optionNames);
  const { ignore, watchAborts } = options;
  if (watchAborts !== undefined) checkBoolean({ action, path: "watchAborts" }, watchAborts);
  return { isIgnored: ignore === undefined ? undefined : resolveIgnore(action, ignore), watchAborts };
}

/** Checks options of handlers, see {@linkcode resolveHttpOptions}. */
export function resolveHandlerOptions(
  action: string,
  options: HandlerOptions,
): ResolvedHttpOptions & { readonly routeOf: RouteOf } {
  const resolved = resolveHttpOptions(action, options, [...OPTION_NAMES, "route"]);
  return { ...resolved, routeOf: resolveRoute(action, options.route ?? []) };
}

/** Returns the path of a URL. */
export function pathOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start < 0) return "/";
  for (let end = start; end < url.length; end++) {
    if (url[end] === "?" || url[end] === "#") return url.slice(start, end);
  }
  return url.slice(start);
}

function resolveIgnore(action: string, ignore: unknown): IsIgnored {
  if (typeof ignore === "function") return (_path, request) => isTrue(() => ignore(request));
  const paths = checkPaths({ action, path: "ignore" }, ignore);
  const exact = new Set(paths.filter((path) => !path.endsWith("*")));
  const starts = paths.filter((path) => path.endsWith("*")).map((path) => path.slice(0, -1));
  return (path) => exact.has(path) || starts.some((start) => path.startsWith(start));
}

function resolveRoute(action: string, route: unknown): RouteOf {
  if (typeof route === "function") return (request) => textOr(UNMATCHED, () => route(request));
  const paths = checkPaths({ action, path: "route" }, route);
  const exact = new Set(paths.filter((path) => !PATTERN.test(path)));
  const patterns = paths.filter((path) => !exact.has(path)).map((pathname) => toPattern(action, pathname));
  return ({ url }) => {
    const path = pathOf(url);
    if (exact.has(path)) return path;
    return patterns.find((pattern) => pattern.test(url))?.pathname ?? UNMATCHED;
  };
}

const checkPath: Check<string> = (place, given) => {
  const path = checkString(place, given);
  if (path.startsWith("/")) return path;
  throw refusal(place, "begin with /", path, true);
};

const checkPaths = checkList(checkPath, "be a function or an array of paths");

function toPattern(action: string, pathname: string): URLPattern {
  try {
    return new URLPattern({ pathname });
  } catch {
    throw rangeError(action, "route", "contain only patterns that URLPattern accepts", pathname);
  }
}

/** Whether a function of the program returns `true`; its errors must not break a request. */
function isTrue(ask: () => unknown): boolean {
  try {
    return ask() === true;
  } catch {
    return false;
  }
}

function textOr(otherwise: string, ask: () => unknown): string {
  try {
    const text = ask();
    return typeof text === "string" && text !== "" ? text : otherwise;
  } catch {
    return otherwise;
  }
}
