/**
 * What can be said of HTTP instrumentation, and its checks.
 *
 * @module
 */

import { checkBoolean, checkList, checkMethods, checkString } from "../../check/checks.ts";
import { rangeError } from "../../check/errors.ts";
import { checkOptionNames } from "../../check/options.ts";
import { type Check, refusal } from "../../check/place.ts";
import type { Metrics } from "../../api/metrics.ts";
import { UNMATCHED } from "./labels.ts";

/** What instruments are made by: metrics, those of another thread, or `noopMetrics`. */
export type InstrumentMaker = Pick<Metrics, "counter" | "gauge" | "histogram" | "timer" | "trace">;

/** Metrics, those of another thread, or `noopMetrics`. */
export const checkMaker: Check<object> = checkMethods(
  "come from createMetrics",
  ...["counter", "gauge", "histogram", "timer"],
);

/** Which requests are measured, and how. */
export interface HttpMetricsOptions {
  /**
   * Requests that are not measured: paths, those that end in `*` with all that begins so, or a function that is asked
   * for each request. None by default.
   */
  readonly ignore?: readonly string[] | ((request: Request) => boolean);
  /**
   * Whether clients are noticed that go before there is a response; true by default. A request that takes longer than
   * some 10 ms is asked for its `signal` then, on which Deno 2 warns once unless it runs with
   * `--unstable-no-legacy-abort`. Clients that go in the middle of a stream or an upload are noticed either way.
   */
  readonly watchAborts?: boolean;
}

/** The same for handlers that no router stands before. */
export interface HandlerOptions extends HttpMetricsOptions {
  /**
   * What tells the route of a request: patterns of paths as of `URLPattern`, the first that matches counts, or a
   * function that gives one of a few texts, such as `/users/:id`. Without it, all requests share the route `unmatched`.
   */
  readonly route?: readonly string[] | ((request: Request) => string | undefined);
}

/** Whether a request is not measured. */
export type IsIgnored = (path: string, request: Request) => boolean;

/** The route of a request. */
export type RouteOf = (request: Request) => string;

/** {@linkcode HttpMetricsOptions} after checks. */
export interface ResolvedHttpOptions {
  /** See {@linkcode HttpMetricsOptions.ignore}; `undefined` if all are measured. */
  readonly isIgnored: IsIgnored | undefined;
  /** See {@linkcode HttpMetricsOptions.watchAborts}. */
  readonly watchesAborts: boolean;
}

const OPTION_NAMES: readonly (keyof HttpMetricsOptions)[] = ["ignore", "watchAborts"];

/** Something in a path that stands for more than itself. */
const PATTERN = /[:*{}()?+\\]/;

/**
 * Checks options.
 *
 * @param action What is being done, for the error
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If a path cannot be one
 */
export function resolveHttpOptions(
  action: string,
  options: HttpMetricsOptions,
  optionNames: readonly string[] = OPTION_NAMES,
): ResolvedHttpOptions {
  checkOptionNames(action, options, optionNames);
  const { ignore, watchAborts = true } = options;
  checkBoolean({ action, path: "watchAborts" }, watchAborts);
  return { isIgnored: ignore === undefined ? undefined : resolveIgnore(action, ignore), watchesAborts: watchAborts };
}

/** The same with the route. */
export function resolveHandlerOptions(
  action: string,
  options: HandlerOptions,
): ResolvedHttpOptions & { readonly routeOf: RouteOf } {
  const resolved = resolveHttpOptions(action, options, [...OPTION_NAMES, "route"]);
  return { ...resolved, routeOf: resolveRoute(action, options.route ?? []) };
}

/** The path in a request's URL. */
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
    throw rangeError(action, "route", "hold patterns that URLPattern knows", pathname);
  }
}

/** What a function of the user's says; one that throws must not break a request. */
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
