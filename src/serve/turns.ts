/**
 * Who is parsed next: connections whose bytes wait take turns, a few requests at each turn of the event loop, so that
 * no client keeps the thread from its drains, its timers and the other clients.
 *
 * Connections without credentials have a budget: a share of the thread's time. Whoever has shown credentials goes
 * first and is not part of it.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Something that has bytes to parse. */
export interface Waiting {
  /** Whether it need not wait for the budget: it has shown credentials, or it has asked for nothing yet. */
  readonly isUrgent: boolean;
  /** Parses one request, or a part of one. */
  step(): void;
}

/** What tells and passes the time. */
export interface TurnClock {
  /** Milliseconds. */
  now(): number;
  /** Calls at the next turn of the event loop. */
  soon(callback: () => void): void;
  /** Calls in some milliseconds; gives what takes that back. */
  later(callback: () => void, delayMs: number): () => void;
}

/** Requests that are parsed before others get their turn: some milliseconds. */
const STEPS_PER_TURN = 32;
/** What connections without credentials may take of the thread while there are more requests than that. */
const STRANGERS_SHARE = 0.25;
/** What one of their turns counts as at most: a scrape that falls into it is not theirs. */
const TURN_MAX_MS = 100;

const SYSTEM_CLOCK: TurnClock = {
  now: () => performance.now(),
  soon: (callback) => void setImmediate(callback),
  later: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The turns of one server. */
export class Turns {
  readonly #clock: TurnClock;
  readonly #urgent: Set<Waiting> = new Set();
  readonly #strangers: Set<Waiting> = new Set();
  #isScheduled = false;
  #cancelPause: (() => void) | undefined;
  /** When connections without credentials may have their next turn. */
  #strangersDueMs: number = Number.NEGATIVE_INFINITY;

  /** Nobody waits. */
  constructor(clock: TurnClock = SYSTEM_CLOCK) {
    this.#clock = clock;
  }

  /** Waits for a turn, of one step; has no effect on one that waits already. */
  enter(waiting: Waiting): void {
    if (this.#strangers.has(waiting)) return;
    (waiting.isUrgent ? this.#urgent : this.#strangers).add(waiting);
    this.#schedule();
  }

  /** Waits no more. */
  leave(waiting: Waiting): void {
    this.#urgent.delete(waiting);
    this.#strangers.delete(waiting);
  }

  /** Nobody waits any more. */
  close(): void {
    this.#urgent.clear();
    this.#strangers.clear();
    this.#cancelPause?.();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    const pauseMs = this.#urgent.size > 0 ? 0 : this.#strangersDueMs - this.#clock.now();
    if (pauseMs > 0) {
      this.#cancelPause ??= this.#clock.later(() => {
        this.#cancelPause = undefined;
        if (this.#strangers.size > 0) this.#schedule();
      }, pauseMs);
      return;
    }
    this.#isScheduled = true;
    this.#clock.soon(() => this.#run());
  }

  #run(): void {
    takeSteps(this.#urgent);
    const startMs = this.#clock.now();
    if (this.#strangers.size === 0 || startMs < this.#strangersDueMs) return this.#end();
    takeSteps(this.#strangers);
    // By then, what the steps have begun has had its turn as well.
    this.#clock.soon(() => {
      const nowMs = this.#clock.now();
      const tookMs = Math.min(nowMs - startMs, TURN_MAX_MS);
      this.#strangersDueMs = nowMs + tookMs * (1 / STRANGERS_SHARE - 1);
      this.#end();
    });
  }

  #end(): void {
    this.#isScheduled = false;
    if (this.#urgent.size + this.#strangers.size > 0) this.#schedule();
  }
}

function takeSteps(waiting: Set<Waiting>): void {
  // Listed before, because a step may have one wait again.
  for (const each of waiting.values().take(STEPS_PER_TURN).toArray()) {
    if (waiting.delete(each)) each.step();
  }
}
