/**
 * Sends requests of OTLP until they are settled: what cannot be taken now is sent again, later each time.
 *
 * @module
 */

import { wallMs } from "../../platform/wall_clock.ts";
import { unrefTimer } from "../../platform/unref_timer.ts";
import { deliver, type Delivery, fetchPermitted } from "./otlp_request.ts";
import { backOffDelayMs } from "./retry_delays.ts";

/** Where requests go, and how often. */
export interface OtlpSenderOptions {
  /** The collector's URL. */
  readonly url: string;
  /** Headers of each request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds that a request may take. */
  readonly timeoutMs: number;
  /** Times that a request is sent again before it is given up. */
  readonly retriesMax: number;
  /** Milliseconds before the first of them. */
  readonly retryFirstMs: number;
  /** Milliseconds that they grow to. */
  readonly retryLongestMs: number;
}

/** Timers, so that a test can let time pass. */
export interface Timers {
  /** Does something later; keeps no program alive. */
  set(action: () => void, delayMs: number): unknown;
  /** Does it no more. */
  clear(timer: unknown): void;
}

/** What sending needs of its surroundings. */
export interface OtlpSurroundings {
  /** Sends requests. */
  readonly fetch: typeof fetch;
  /** Waits. */
  readonly timers: Timers;
  /** The time, in milliseconds since the epoch. */
  readonly nowMs: () => number;
  /** Numbers from 0 up to, not with, 1. */
  readonly random: () => number;
}

/** The surroundings of a program. */
export const SURROUNDINGS: OtlpSurroundings = {
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

/** Sends one request at a time. */
export class OtlpSender {
  readonly #options: OtlpSenderOptions;
  readonly #surroundings: OtlpSurroundings;
  #retries = 0;
  #lastFailure: string | undefined;
  #isLast = false;
  #isOver = false;
  /** Ends the request under way. */
  #abort: ((reason: string) => void) | undefined;
  /** Ends the wait for the next attempt. */
  #hurry: (() => void) | undefined;

  /** Sends nothing yet. */
  constructor(options: OtlpSenderOptions, surroundings: OtlpSurroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
  }

  /** Requests that were sent again. */
  get retries(): number {
    return this.#retries;
  }

  /** Why the last attempt failed, if only in part; `undefined` if it did not. */
  get lastFailure(): string | undefined {
    return this.#lastFailure;
  }

  /** Sends a body until it is settled, or has been tried often enough. */
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

  /** Tries nothing again from now on; what waits for that is tried at once, for the last time. */
  stopRetrying(): void {
    this.#isLast = true;
    this.#hurry?.();
  }

  /** Ends the request under way, and sends no more. */
  stop(): void {
    this.#isOver = true;
    this.#abort?.("there is no more time");
  }

  async #attempt(body: string): Promise<Delivery> {
    const { fetch, timers, nowMs } = this.#surroundings;
    const { url, headers, timeoutMs } = this.#options;
    if (this.#isOver) return { outcome: "refused", reason: "there is no more time" };
    const controller = new AbortController();
    this.#abort = (reason) => controller.abort(new Error(reason));
    const timer = timers.set(() => this.#abort?.(`there was no answer for ${timeoutMs} ms`), timeoutMs);
    const delivery = await deliver(fetch, url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body,
      // The headers are for nobody else.
      redirect: "manual",
      signal: controller.signal,
    }, nowMs);
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
