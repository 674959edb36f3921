/**
 * Measures event-loop lag as an event arriving at a random moment experiences it: a timer is due every few milliseconds,
 * and its delay is one lag.
 *
 * A timer that was missed because the loop was blocked counts as well, with the time from when it was due to the end of
 * the block. Otherwise a block of half a second would be one lag among fifty, although every event that arrives during
 * the block waits for its end.
 *
 * @module
 */

import { unrefTimer } from "../../platform/unref_timer.ts";

/** Interval between timers. A block that begins just after a timer is measured too short by up to this much. */
const INTERVAL_MS = 10;
/** Maximum number of lags per block. In blocks over 10 s, lags are further apart and so weigh less. */
const LAGS_MAX = 1_000;

/** Schedules an action and returns a function that cancels it. */
export type Schedule = (action: () => void, delayMs: number) => () => void;

/** Collaborators of an {@linkcode EventLoopSampler}. */
export interface EventLoopSamplerParts {
  /** Called with each lag. */
  readonly observe: (seconds: number) => void;
  /** Called when a sample failed, after which the sampler starts over. */
  readonly onFailure: () => void;
  /** Monotonic clock in milliseconds that stops while the machine is suspended. */
  readonly nowMs?: () => number;
  /** Timers that do not keep the program alive. */
  readonly schedule?: Schedule;
}

/** Samples the lag until it is stopped. */
export class EventLoopSampler {
  readonly #parts: Required<EventLoopSamplerParts>;
  /** Time at which the next timer is due; `undefined` if unknown. */
  #dueMs: number | undefined;
  #cancel: () => void;

  /** Starts sampling. The first timer only sets the schedule, because the work of starting a program is not lag. */
  constructor(parts: EventLoopSamplerParts) {
    this.#parts = { nowMs: () => performance.now(), schedule: scheduleUnref, ...parts };
    this.#cancel = this.#parts.schedule(() => this.#sample(), INTERVAL_MS);
  }

  /** Stops sampling. */
  stop(): void {
    this.#cancel();
  }

  #sample(): void {
    this.#cancel = this.#parts.schedule(() => this.#sample(), this.#measure());
  }

  /** Measures the current lag and returns the milliseconds until the next sample. */
  #measure(): number {
    try {
      const nowMs = this.#parts.nowMs();
      if (!Number.isFinite(nowMs)) throw new RangeError(`Cannot measure the lag: the clock returned ${nowMs}`);
      const dueMs = this.#dueMs ?? nowMs;
      const missed = Math.max(0, Math.floor((nowMs - dueMs) / INTERVAL_MS));
      if (this.#dueMs !== undefined) this.#observe(nowMs - dueMs, missed);
      // The schedule is independent of when timers run, so that a late timer does not delay the next one.
      const delayMs = dueMs + (missed + 1) * INTERVAL_MS - nowMs;
      // Except after the clock was set back, which would delay the next sample by as much.
      this.#dueMs = nowMs + (delayMs <= 2 * INTERVAL_MS ? delayMs : INTERVAL_MS);
      return Math.max(1, this.#dueMs - nowMs);
    } catch {
      this.#parts.onFailure();
      this.#dueMs = undefined;
      return INTERVAL_MS;
    }
  }

  /** Observes the lag of a timer, and of those that were due after it and missed. */
  #observe(lateMs: number, missed: number): void {
    const stepMs = missed < LAGS_MAX ? INTERVAL_MS : lateMs / LAGS_MAX;
    const count = Math.min(missed + 1, LAGS_MAX);
    // A timer may run slightly early.
    for (let i = 0; i < count; i++) this.#parts.observe(Math.max(0, lateMs - i * stepMs) / 1_000);
  }
}

function scheduleUnref(action: () => void, delayMs: number): () => void {
  const timer = setTimeout(action, delayMs);
  unrefTimer(timer);
  return () => clearTimeout(timer);
}
