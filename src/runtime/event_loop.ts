/**
 * Measures how late the event loop is: a timer that is due every few milliseconds, and how long after that it runs.
 *
 * It keeps to a schedule of its own instead of adding up delays, so a timer that ran late does not make the next one
 * late. After a long block it begins a new schedule: the timers that were missed meanwhile would tell of one block many
 * times.
 *
 * @module
 */

import { unrefTimer } from "../unref_timer.ts";

/** A block that begins just after a timer ran is seen shorter by this much: 10 % of 100 ms. */
const INTERVAL_MS = 10;

/** Does something later; gives what calls it off. */
export type Schedule = (action: () => void, delayMs: number) => () => void;

/** What a sampler is made from. */
export interface EventLoopSamplerParts {
  /** Takes a lag. */
  readonly observe: (seconds: number) => void;
  /** Told that a sample failed; the sampler begins anew. */
  readonly onFailure: () => void;
  /** A monotonic clock in milliseconds. */
  readonly nowMs?: () => number;
  /** Timers that do not keep the program alive. */
  readonly schedule?: Schedule;
}

/** Samples the lag until it is stopped. */
export class EventLoopSampler {
  readonly #parts: Required<EventLoopSamplerParts>;
  /** When the timer is due that runs next; `undefined` if that is not known. */
  #dueMs: number | undefined;
  #cancel: () => void;

  /** Begins. */
  constructor(parts: EventLoopSamplerParts) {
    this.#parts = { nowMs: () => performance.now(), schedule: scheduleUnref, ...parts };
    this.#cancel = this.#parts.schedule(() => this.#sample(), this.#plan(() => undefined));
  }

  /** Ends. */
  stop(): void {
    this.#cancel();
  }

  #sample(): void {
    const delayMs = this.#plan((nowMs) => {
      // A timer may run a little early.
      if (this.#dueMs !== undefined) this.#parts.observe(Math.max(0, nowMs - this.#dueMs) / 1_000);
    });
    this.#cancel = this.#parts.schedule(() => this.#sample(), delayMs);
  }

  /** Looks at the clock, then decides when to look next; gives the milliseconds until then. */
  #plan(look: (nowMs: number) => void): number {
    try {
      const nowMs = this.#parts.nowMs();
      look(nowMs);
      const nextMs = (this.#dueMs ?? nowMs) + INTERVAL_MS;
      this.#dueMs = nextMs > nowMs ? nextMs : nowMs + INTERVAL_MS;
      return Math.max(1, this.#dueMs - nowMs);
    } catch {
      this.#parts.onFailure();
      this.#dueMs = undefined;
      return INTERVAL_MS;
    }
  }
}

function scheduleUnref(action: () => void, delayMs: number): () => void {
  const timer = setTimeout(action, delayMs);
  unrefTimer(timer);
  return () => clearTimeout(timer);
}
