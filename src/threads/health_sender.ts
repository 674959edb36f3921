/**
 * Sends the health to the main thread when its status has changed, one message at a time: the next is sent once the
 * main thread has asked for it. While the main thread is busy, intermediate states are skipped.
 *
 * @module
 */

import type { Aggregator } from "../aggregate/aggregator.ts";
import type { HealthStatus } from "../model/health_status.ts";
import type { AggregatorToMain } from "./protocol.ts";

/** Milliseconds between evaluations of the health while it is watched. */
export const HEALTH_INTERVAL_MS = 1_000;

/** Sends the health of one aggregator. */
export class HealthSender {
  readonly #aggregator: Aggregator;
  readonly #send: (message: AggregatorToMain) => void;
  readonly #nowMs: () => number;
  #isWatched = false;
  #isAllowed = false;
  #sent: HealthStatus | undefined;
  #dueMs = Number.NEGATIVE_INFINITY;

  /** Creates a sender that sends nothing before {@linkcode HealthSender.allow}. */
  constructor(aggregator: Aggregator, send: (message: AggregatorToMain) => void, nowMs: () => number) {
    this.#aggregator = aggregator;
    this.#send = send;
    this.#nowMs = nowMs;
  }

  /** Allows one message, now or at the next change. */
  allow(): void {
    this.#isWatched = true;
    this.#isAllowed = true;
    this.send();
  }

  /** Limits the time that the worker sleeps, in milliseconds. */
  sleepMs(intervalMs: number): number {
    return this.#isWatched ? Math.min(intervalMs, HEALTH_INTERVAL_MS) : intervalMs;
  }

  /** Sends the state if a message is allowed and due, and the status has changed. */
  send(): void {
    const nowMs = this.#nowMs();
    if (!this.#isAllowed || nowMs < this.#dueMs) return;
    this.#dueMs = nowMs + HEALTH_INTERVAL_MS;
    const { status, reasons } = this.#aggregator.judge();
    if (status === this.#sent) return;
    this.#sent = status;
    this.#isAllowed = false;
    this.#send({ type: "health", state: { status, reasons } });
  }
}
