/**
 * Turns of connections with bytes to parse: a few requests per turn of the event loop, so that no client keeps the
 * thread from its drains, its timers and the other clients.
 *
 * Connections that have shown credentials come first, then new ones, which may be about to show some. All others share
 * a budget: a share of the thread's time.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Standing of a waiting connection: with credentials, without a request yet, or any other. */
export type Standing = "known" | "new" | "stranger";

/** Connection that waits with bytes to parse. */
export interface Waiting {
  /** Current standing; may change. */
  readonly standing: Standing;
  /** Parses one request, or a part of one. */
  step(): void;
}

/** Clock and timers of the turns. */
export interface TurnClock {
  /** Returns the time in milliseconds. */
  now(): number;
  /** Calls back at the next turn of the event loop. */
  soon(callback: () => void): void;
  /** Calls back after a delay in milliseconds; returns a function that cancels the call. */
  later(callback: () => void, delayMs: number): () => void;
}

/** Requests of each standing that are parsed in one turn: a few milliseconds. */
const STEPS_PER_TURN = 32;
/** Share of the thread's time for strangers while they have more requests than that. */
const STRANGERS_SHARE = 0.25;
/** Maximum duration counted for one of their turns: a longer one includes a scrape of another client. */
const TURN_MAX_MS = 100;

const SYSTEM_CLOCK: TurnClock = {
  now: () => performance.now(),
  soon: (callback) => void setImmediate(callback),
  later: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Turns of one server. */
export class Turns {
  readonly #clock: TurnClock;
  readonly #waiting: Readonly<Record<Standing, Set<Waiting>>> = {
    known: new Set(),
    new: new Set(),
    stranger: new Set(),
  };
  #isScheduled = false;
  #cancelPause: (() => void) | undefined;
  /** Time from which strangers may have their next turn. */
  #strangersDueMs: number = Number.NEGATIVE_INFINITY;

  /** Creates an empty queue. */
  constructor(clock: TurnClock = SYSTEM_CLOCK) {
    this.#clock = clock;
  }

  /** Adds a connection for one step; has no effect if it already waits. */
  enter(waiting: Waiting): void {
    for (const set of Object.values(this.#waiting)) if (set.has(waiting)) return;
    this.#waiting[waiting.standing].add(waiting);
    this.#schedule();
  }

  /** Removes a waiting connection. */
  leave(waiting: Waiting): void {
    for (const set of Object.values(this.#waiting)) set.delete(waiting);
  }

  /** Removes all waiting connections. */
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
    // By then, the work that the steps have started has had its turn too.
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
  // Listed first, because a step may add its connection again.
  for (const each of waiting.values().take(STEPS_PER_TURN).toArray()) {
    if (waiting.delete(each)) each.step();
  }
}
