/**
 * Metrics of requests, in a form that is easily compared.
 *
 * @module
 */

import type { Metrics } from "../../../../mod.ts";

/** By label values: the count of a distribution, or the value of a scalar. */
export type Readings = Readonly<Record<string, number>>;

/**
 * A metric's series, by their label values: `GET /users/:id 200`.
 *
 * @param metrics Where it was recorded
 * @param name Its exposed name
 */
export async function readingsOf(metrics: Metrics, name: string): Promise<Readings> {
  const { metrics: all } = await metrics.snapshot();
  const series = all.find((each) => each.name === name)?.series ?? [];
  return Object.fromEntries(series.map((each) => [
    Object.values(each.labels).join(" "),
    "value" in each ? each.value : each.count,
  ]));
}

/** How many requests there were, by method, route and status. */
export function requestsOf(metrics: Metrics): Promise<Readings> {
  return readingsOf(metrics, "http_server_request_duration_seconds");
}

/** How many errors there were, by class. */
export function errorsOf(metrics: Metrics): Promise<Readings> {
  return readingsOf(metrics, "http_server_errors_total");
}

/** The sum of a distribution's only series. */
export async function sumOf(metrics: Metrics, name: string): Promise<number> {
  const { metrics: all } = await metrics.snapshot();
  const [series] = all.find((each) => each.name === name)?.series ?? [];
  if (series === undefined || !("sum" in series)) throw new Error(`${name} has no series with a sum`);
  return series.sum;
}

/** Reports accesses to a request's signal. */
export function watchedRequest(request: Request): Promise<void> {
  const { signal } = request;
  const { promise, resolve } = Promise.withResolvers<void>();
  // Nothing else may keep the test going: the tick that asks does not.
  const keepingAlive = setInterval(() => {}, 1_000);
  Object.defineProperty(request, "signal", {
    get: () => {
      clearInterval(keepingAlive);
      resolve();
      return signal;
    },
  });
  return promise;
}

/** Resolves when a signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal.aborted) resolve();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}
