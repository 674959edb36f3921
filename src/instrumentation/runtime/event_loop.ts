/**
 * Measures how late the event loop is, as an event meets it that may come at any moment: a timer is due every few
 * milliseconds, and how long after that it runs is one lag.
 *
 * A timer that is missed because the loop is blocked counts as well, with the time from when it was due to the end of the
 * block. Else a block of half a second would be one lag among fifty, although every event that comes in the meantime
 * waits for its end.
 *
 * @module
 */

import { unrefTimer } from "../../platform/unref_timer.ts";

/** A block that begins just after a timer ran is seen shorter by this much: 10 % of 100 ms. */
const INTERVAL_MS = 10;
/** Lags that one block makes at most; those of a longer one, from 10 s on, are further apart and so weigh less. */
const LAGS_MAX = 1_000;

/** Does something later; gives what calls it off. */
export type Schedule = (action: () => void, delayMs: number) => () => void;

/** What a sampler is made from. */
export interface EventLoopSamplerParts {
  /** Takes a lag. */
  readonly observe: (seconds: number) => void;
  /** Told that a sample failed; the sampler begins anew. */
  readonly onFailure: () => void;
  /** A monotonic clock in milliseconds, which stands still while the machine is suspended. */
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

  /** Begins; the first timer only sets the schedule, because what holds up the start of a program is no lag. */
  constructor(parts: EventLoopSamplerParts) {
    this.#parts = { nowMs: () => performance.now(), schedule: scheduleUnref, ...parts };
    this.#cancel = this.#parts.schedule(() => this.#sample(), INTERVAL_MS);
  }

  /** Ends. */
  stop(): void {
    this.#cancel();
  }

  #sample(): void {
    this.#cancel = this.#parts.schedule(() => this.#sample(), this.#look());
  }

  /** Looks how late it is; gives the milliseconds until the next look. */
  #look(): number {
    try {
      const nowMs = this.#parts.nowMs();
      if (!Number.isFinite(nowMs)) throw new RangeError(`Cannot tell the lag: the clock shows ${nowMs}`);
      const dueMs = this.#dueMs ?? nowMs;
      const missed = Math.max(0, Math.floor((nowMs - dueMs) / INTERVAL_MS));
      if (this.#dueMs !== undefined) this.#observe(nowMs - dueMs, missed);
      // A schedule of its own, so that a timer that ran late does not make the next one late.
      const delayMs = dueMs + (missed + 1) * INTERVAL_MS - nowMs;
      // Not if the clock was set back: that would put off the next look for as long.
      this.#dueMs = nowMs + (delayMs <= 2 * INTERVAL_MS ? delayMs : INTERVAL_MS);
      return Math.max(1, this.#dueMs - nowMs);
    } catch {
      this.#parts.onFailure();
      this.#dueMs = undefined;
      return INTERVAL_MS;
    }
  }

  /** Tells the lag of a timer, and of those that were due after it and missed. */
  #observe(lateMs: number, missed: number): void {
    const stepMs = missed < LAGS_MAX ? INTERVAL_MS : lateMs / LAGS_MAX;
    const count = Math.min(missed + 1, LAGS_MAX);
    // A timer may run a little early.
    for (let i = 0; i < count; i++) this.#parts.observe(Math.max(0, lateMs - i * stepMs) / 1_000);
  }
}

function scheduleUnref(action: () => void, delayMs: number): () => void {
  const timer = setTimeout(action, delayMs);
  unrefTimer(timer);
  return () => clearTimeout(timer);
}
