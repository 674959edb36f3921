/**
 * Who is parsed next: connections whose bytes wait take turns, a few requests at each turn of the event loop, so that
 * no client keeps the thread from its drains, its timers and the other clients.
 *
 * Whoever has shown credentials goes first, then who has asked for nothing yet and may be about to show some. All others
 * have a budget together: a share of the thread's time.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Who waits: one that has shown credentials, one that has asked for nothing yet, or any other. */
export type Standing = "known" | "new" | "stranger";

/** Something that has bytes to parse. */
export interface Waiting {
  /** Who it is; may change. */
  readonly standing: Standing;
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

/** Requests of each standing that are parsed before others get their turn: some milliseconds. */
const STEPS_PER_TURN = 32;
/** What strangers may take of the thread while they have more requests than that. */
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
  readonly #waiting: Readonly<Record<Standing, Set<Waiting>>> = {
    known: new Set(),
    new: new Set(),
    stranger: new Set(),
  };
  #isScheduled = false;
  #cancelPause: (() => void) | undefined;
  /** When strangers may have their next turn. */
  #strangersDueMs: number = Number.NEGATIVE_INFINITY;

  /** Nobody waits. */
  constructor(clock: TurnClock = SYSTEM_CLOCK) {
    this.#clock = clock;
  }

  /** Waits for a turn, of one step; has no effect on one that waits already. */
  enter(waiting: Waiting): void {
    for (const set of Object.values(this.#waiting)) if (set.has(waiting)) return;
    this.#waiting[waiting.standing].add(waiting);
    this.#schedule();
  }

  /** Waits no more. */
  leave(waiting: Waiting): void {
    for (const set of Object.values(this.#waiting)) set.delete(waiting);
  }

  /** Nobody waits any more. */
  close(): void {
    for (const set of Object.values(this.#waiting)) set.clear();
    this.#cancelPause?.();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    const isUrgent = this.#waiting.known.size + this.#waiting.new.size > 0;
    const pauseMs = isUrgent ? 0 : this.#strangersDueMs - this.#clock.now();
    if (pauseMs > 0) {
      this.#cancelPause ??= this.#clock.later(() => {
        this.#cancelPause = undefined;
        this.#goOn();
      }, pauseMs);
      return;
    }
    this.#isScheduled = true;
    this.#clock.soon(() => this.#run());
  }

  #run(): void {
    takeSteps(this.#waiting.known);
    takeSteps(this.#waiting.new);
    const startMs = this.#clock.now();
    if (this.#waiting.stranger.size === 0 || startMs < this.#strangersDueMs) return this.#end();
    takeSteps(this.#waiting.stranger);
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
    this.#goOn();
  }

  #goOn(): void {
    if (Object.values(this.#waiting).some(({ size }) => size > 0)) this.#schedule();
  }
}

function takeSteps(waiting: Set<Waiting>): void {
  // Listed before, because a step may have one wait again.
  for (const each of waiting.values().take(STEPS_PER_TURN).toArray()) {
    if (waiting.delete(each)) each.step();
  }
}
