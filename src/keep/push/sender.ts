/**
 * Sender of requests to a receiver. A request that is not accepted for now is repeated, after an increasing delay,
 * until it is settled.
 *
 * @module
 */

import { wallMs } from "../../platform/wall_clock.ts";
import { unrefTimer } from "../../platform/unref_timer.ts";
import { deliver, type Delivery, fetchPermitted, type ReadAcceptance } from "./request.ts";
import { backOffDelayMs } from "./retry_delays.ts";

/** Options of a sender. */
export interface SenderOptions {
  /** URL of the receiver. */
  readonly url: string;
  /** Headers of each request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds until a request times out. */
  readonly timeoutMs: number;
  /** Maximum number of retries of a request. */
  readonly retriesMax: number;
  /** Milliseconds before the first retry. */
  readonly retryFirstMs: number;
  /** Maximum delay before a retry, in milliseconds. */
  readonly retryLongestMs: number;
}

/** Timers, which tests replace. */
export interface Timers {
  /** Schedules an action; does not keep the program alive. */
  set(action: () => void, delayMs: number): unknown;
  /** Cancels an action. */
  clear(timer: unknown): void;
}

/** Environment of a sender, which tests replace. */
export interface Surroundings {
  /** Sends requests. */
  readonly fetch: typeof fetch;
  /** Schedules time-outs and retries. */
  readonly timers: Timers;
  /** Returns the time, in milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Returns random numbers from 0 to below 1. */
  readonly random: () => number;
}

/** Environment of a program. */
export const SURROUNDINGS: Surroundings = {
  fetch: fetchPermitted,
  timers: {
    set(action, delayMs) {
      const timer = setTimeout(action, delayMs);
      unrefTimer(timer);
      return timer;
    },
    clear: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  },
  nowMs: wallMs,
  random: Math.random,
};

/** Sender of one request at a time. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #accepted: ReadAcceptance;
  readonly #surroundings: Surroundings;
  #retries = 0;
  #lastFailure: string | undefined;
  #isLast = false;
  #isOver = false;
  /** Aborts the current request. */
  #abort: ((reason: string) => void) | undefined;
  /** Ends the wait for the next attempt. */
  #hurry: (() => void) | undefined;

  /** Creates a sender. */
  constructor(options: SenderOptions, accepted: ReadAcceptance, surroundings: Surroundings) {
    this.#options = options;
    this.#accepted = accepted;
    this.#surroundings = surroundings;
  }

  /** Number of retries. */
  get retries(): number {
    return this.#retries;
  }

  /** Reason why the last attempt failed, in part or completely; `undefined` if it did not. */
  get lastFailure(): string | undefined {
    return this.#lastFailure;
  }

  /** Sends a body until it is settled, or no retries remain. */
  async deliver(body: string): Promise<Delivery> {
    const { retriesMax, retryFirstMs, retryLongestMs } = this.#options;
    for (let attempts = 1;; attempts++) {
      const delivery = await this.#attempt(body);
      this.#lastFailure = delivery.reason;
      if (delivery.outcome !== "unavailable" || attempts > retriesMax || this.#isLast) return delivery;
      const { random } = this.#surroundings;
      await this.#wait(delivery.retryAfterMs ?? backOffDelayMs(attempts, retryFirstMs, retryLongestMs, random));
      this.#retries++;
    }
  }

  /** Makes no more retries; a waiting one is made at once, as the last. */
  stopRetrying(): void {
    this.#isLast = true;
    this.#hurry?.();
  }

  /** Aborts the current request, and makes no more. */
  stop(): void {
    this.#isOver = true;
    this.#abort?.("closing timed out");
  }

  async #attempt(body: string): Promise<Delivery> {
    const { fetch, timers, nowMs } = this.#surroundings;
    const { url, headers, timeoutMs } = this.#options;
    if (this.#isOver) return { outcome: "refused", reason: "closing timed out" };
    const controller = new AbortController();
    this.#abort = (reason) => controller.abort(new Error(reason));
    const timer = timers.set(() => this.#abort?.(`no response within ${timeoutMs} ms`), timeoutMs);
    const init: RequestInit = {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
      // The headers are intended for this receiver only.
      redirect: "manual",
      signal: controller.signal,
    };
    const delivery = await deliver(fetch, url, init, this.#accepted, nowMs);
    timers.clear(timer);
    this.#abort = undefined;
    return delivery;
  }

  async #wait(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#hurry = resolve;
    const timer = this.#surroundings.timers.set(resolve, delayMs);
    await promise;
    this.#surroundings.timers.clear(timer);
    this.#hurry = undefined;
  }
}
