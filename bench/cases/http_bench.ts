/**
 * What measuring requests adds to a Hono app, over middleware that only passes on, beside what `@hono/prometheus` adds as
 * its documentation registers it. An operation is a call of `app.fetch` that answers with some JSON; requests are made
 * beforehand. The peer measures durations and counts requests; `httpMetrics` also measures body sizes, active requests and
 * errors.
 *
 * The promise is the ratio of what they add, where all three answer some hundred requests in turn, a thousand times: the
 * median of the differences to the bare app. The clock is the `ffi` one; with `performance` two reads take a third of what
 * is added.
 *
 * Does not measure a server, nor streams: wrapping one costs some microseconds, which the peer saves by not waiting for its
 * end.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { prometheus } from "@hono/prometheus";
import { Hono, type MiddlewareHandler } from "hono";
import { createMetrics } from "@hotpath/metrics";
import { httpMetrics } from "@hotpath/metrics/hono";
import { Registry } from "prom-client";
import { median, registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";

const BURST = 18_000;
/** Requests that one app answers before the next one's turn: no longer than what disturbs it. */
const TURN = 300;
const TIMES_CHEAPER = 6;
const REQUESTS = "http_server_request_duration_seconds";

const metrics = createMetrics();
await metrics.ready;
const registry = new Registry();

/** An app, and how long its turns took. */
class App {
  readonly name: string;
  /** Nanoseconds of a request, by turn. */
  readonly ns: number[] = [];
  fetched = 0;
  readonly #app: Hono = new Hono();

  constructor(name: string, middleware: MiddlewareHandler) {
    this.name = name;
    this.#app.use("*", middleware);
    this.#app.get("/users/:id", (context) => context.json({ id: context.req.param("id"), name: "Ada" }));
  }

  toCase(): Case {
    let requests: Request[] = [];
    return {
      name: this.name,
      burst: BURST,
      operationsPerCall: 1,
      prepare: (count) => void (requests = requestsOf(count)),
      run: () => this.answer(requests),
      settle: () => metrics.flush(),
    };
  }

  async answer(requests: readonly Request[]): Promise<void> {
    this.fetched += requests.length;
    for (const request of requests) await this.#app.fetch(request);
  }

  async takeTurn(): Promise<void> {
    const requests = requestsOf(TURN);
    const startMs = performance.now();
    await this.answer(requests);
    this.ns.push((performance.now() - startMs) * 1e6 / TURN);
  }
}

/** New requests, as a server passes them. */
function requestsOf(count: number): Request[] {
  return Array.from({ length: count }, (_, i) => new Request(`http://localhost/users/${i}`));
}

const bare = new App("passes on only", async (_context, next) => {
  await next();
});
const ours = new App("httpMetrics", httpMetrics(metrics));
const peer = new App("@hono/prometheus", prometheus({ registry }).registerMetrics);

const apps = [bare, ours, peer];

/** All of them, one after the other, each as often as the others. */
const inTurns: Case = {
  name: "all three, in turns",
  burst: BURST,
  isIndivisible: true,
  run: async (count) => {
    for (let taken = 0; taken < count; taken += apps.length * TURN) {
      for (const app of apps) await app.takeTurn();
    }
  },
  settle: () => metrics.flush(),
};

/** Nanoseconds that an app takes longer than the bare one: the median over their turns, each beside the bare one's. */
function added({ ns }: App): number {
  return median(ns.map((value, turn) => value - bare.ns[turn]));
}

const ladder: Ladder = {
  name: "requests of a Hono app",
  cases: [
    { ...bare.toCase(), isReference: true },
    ours.toCase(),
    { ...peer.toCase(), isReference: true },
    inTurns,
  ],
  targets: [],
  verify: async () => {
    const { metrics: instruments, meta } = await metrics.snapshot();
    const requests = instruments.find(({ name }) => name === REQUESTS)?.series[0];
    assertEquals(requests !== undefined && "count" in requests && requests.count, ours.fetched, "a request is missing");
    assertEquals(meta.dropped, 0, "records were dropped");
    const counted = await registry.getSingleMetric("http_requests_total")?.get();
    assertEquals(counted?.values[0].value, peer.fetched, "the peer missed a request");
    await metrics.close();
    const [own, theirs] = [added(ours), added(peer)];
    return [
      `httpMetrics adds ${own.toFixed(0)} ns, @hono/prometheus ${theirs.toFixed(0)} ns: ${(theirs / own).toFixed(1)} ×`,
    ];
  },
  judge: () => {
    const times = added(peer) / added(ours);
    return times >= TIMES_CHEAPER
      ? []
      : [`httpMetrics adds ${times.toFixed(1)} × less than @hono/prometheus, promised ${TIMES_CHEAPER}`];
  },
};

/** The bench. */
export const ladders: Ladders = { http: () => ladder };

await registerBenches(ladders);
