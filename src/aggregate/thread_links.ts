/**
 * The threads that record, as the aggregator sees them: the reading ends of their rings, and what has been counted in
 * all of them, those among them that have gone.
 *
 * @module
 */

import type { Drainer } from "./drain/drainer.ts";
import type { ThreadState } from "./drain/thread_state.ts";
import type { ThreadTime } from "./drain/thread_time.ts";
import type { Consumer } from "../ring/consumer.ts";
import type { Control } from "../ring/control.ts";
import { Taken } from "../ring/layout.ts";
import type { PreviousRun } from "./series/previous_run.ts";

/** How long nothing is heard of another thread before its shares of gauges count no more. */
const PRESENT_MS = 10_000;

/** A producing thread, as the aggregator sees it. */
export interface ThreadLink {
  /** The reading end of its ring. */
  readonly consumer: Consumer;
  /** What it has announced. */
  readonly state: ThreadState;
  /** From its ring into the series. */
  readonly drainer: Drainer;
  /** What its times are on the aggregator's clock. */
  readonly time: ThreadTime;
  /** What it is called. */
  readonly thread: string;
  /** What it is told. */
  readonly control: Control;
  /** When it was last heard of; `undefined` of the thread that the aggregator belongs to. */
  lastSeenMs: number | undefined;
}

/** All of them. */
export class ThreadLinks {
  readonly #links: ThreadLink[] = [];
  /** What the rings of threads that have gone had counted. */
  readonly #departedCounts: Float64Array;
  /** What was taken from them. */
  readonly #departedTaken: Float64Array;
  /** Records that were taken from them by this aggregator. */
  #recordedHere = 0;

  /** Begins with what an aggregator before this one knew of threads that have gone. */
  constructor({ counts, taken }: PreviousRun) {
    this.#departedCounts = counts.slice();
    this.#departedTaken = taken.slice();
  }

  /** Those that are there. */
  get all(): readonly ThreadLink[] {
    return this.#links;
  }

  /** Adds one. */
  add(link: ThreadLink): void {
    this.#links.push(link);
  }

  /** Takes one away; its counts stay, its shares of gauges go. */
  remove(link: ThreadLink): void {
    this.#links.splice(this.#links.indexOf(link), 1);
    const { state, consumer } = link;
    const { counts, taken } = consumer;
    state.leave();
    counts.forEach((count, at) => this.#departedCounts[at] += count);
    taken.all().forEach((count, at) => this.#departedTaken[at] += count);
    this.#recordedHere += consumer.recordedHere;
  }

  /** Notes who has been heard of lately. */
  notePresence(nowMs: number): void {
    for (const { state: { presence }, lastSeenMs = nowMs } of this.#links) {
      presence.isPresent = nowMs - lastSeenMs < PRESENT_MS;
    }
  }

  /** How full the fullest ring is, 0 to 1. */
  get occupancyRatio(): number {
    return Math.max(0, ...this.#links.map(({ consumer }) => consumer.available() / consumer.capacity));
  }

  /** What threads define differently from others. */
  get clashes(): string[] {
    return this.#links.flatMap(({ state: { clash } }) => clash === undefined ? [] : [clash.message]);
  }

  /** What rings have counted, see `Count` in their layout. */
  counted(at: number): number {
    return this.#links.reduce((total, { consumer }) => total + consumer.counts[at], this.#departedCounts[at]);
  }

  /** What was taken from rings, see `Taken` in their layout. */
  taken(at: number): number {
    return this.#links.reduce((total, { consumer }) => total + consumer.taken.at(at), this.#departedTaken[at]);
  }

  /** Records that aggregators before this one took, into distributions that are gone. */
  get recordsLost(): number {
    const here = this.#links.reduce((total, { consumer }) => total + consumer.recordedHere, this.#recordedHere);
    return this.taken(Taken.recorded) - here;
  }
}
