/**
 * Sends the health to the main thread whenever it has changed, one message at a time: the next is sent when the last was
 * taken. While the main thread is busy, only what is so in the end is told.
 *
 * @module
 */

import type { HealthStatus } from "../model/health_status.ts";
import type { Aggregator } from "../aggregate/aggregator.ts";
import type { AggregatorToMain } from "./protocol.ts";

/** How often the health is judged while somebody listens. */
export const HEALTH_INTERVAL_MS = 1_000;

/** The worker's end of the line for the health. */
export class HealthSender {
  readonly #aggregator: Aggregator;
  readonly #say: (message: AggregatorToMain) => void;
  readonly #nowMs: () => number;
  #isWatched = false;
  #isAllowed = false;
  #sent: HealthStatus | undefined;
  #dueMs = Number.NEGATIVE_INFINITY;

  /** Sends nothing before it is allowed to. */
  constructor(aggregator: Aggregator, say: (message: AggregatorToMain) => void, nowMs: () => number) {
    this.#aggregator = aggregator;
    this.#say = say;
    this.#nowMs = nowMs;
  }

  /** Allows one message, for what is so or comes to be so. */
  allow(): void {
    this.#isWatched = true;
    this.#isAllowed = true;
    this.send();
  }

  /** How long the worker may sleep at most, given how long it would. */
  sleepMs(intervalMs: number): number {
    return this.#isWatched ? Math.min(intervalMs, HEALTH_INTERVAL_MS) : intervalMs;
  }

  /** Sends the status if it has changed, and it is time to look. */
  send(): void {
    const nowMs = this.#nowMs();
    if (!this.#isAllowed || nowMs < this.#dueMs) return;
    this.#dueMs = nowMs + HEALTH_INTERVAL_MS;
    const { status, reasons } = this.#aggregator.judge();
    if (status === this.#sent) return;
    this.#sent = status;
    this.#isAllowed = false;
    this.#say({ type: "health", state: { status, reasons } });
  }
}
