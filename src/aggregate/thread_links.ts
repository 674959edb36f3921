/**
 * Links to the recording threads: the reading ends of their rings, and the totals of all threads, including departed
 * ones.
 *
 * @module
 */

import type { Drainer } from "./drain/drainer.ts";
import type { ThreadState } from "./drain/thread_state.ts";
import type { ThreadTime } from "./drain/thread_time.ts";
import type { Consumer } from "../ring/consumer.ts";
import type { Control } from "../ring/control.ts";
import type { MetricFamily } from "../model/families.ts";
import type { SelfFamilies, SelfMeasured } from "../model/self_metrics.ts";
import { Taken } from "../ring/layout.ts";
import type { PreviousRun } from "./series/previous_run.ts";

/** Milliseconds without a heartbeat after which a thread's shares of gauges no longer count. */
const PRESENT_MS = 10_000;

/** Link to a recording thread. */
export interface ThreadLink {
  /** Reading end of its ring. */
  readonly consumer: Consumer;
  /** Announced instruments and series. */
  readonly state: ThreadState;
  /** Drainer of its ring. */
  readonly drainer: Drainer;
  /** Conversion of its times to the aggregator's clock. */
  readonly time: ThreadTime;
  /** Name of the thread. */
  readonly thread: string;
  /** Control word that it reads. */
  readonly control: Control;
  /** Time of its last heartbeat; `undefined` for the thread that the aggregator belongs to. */
  lastSeenMs: number | undefined;
}

/** Links to all recording threads. */
export class ThreadLinks implements SelfMeasured {
  readonly #links: ThreadLink[] = [];
  /** Counts of the rings of departed threads. */
  readonly #departedCounts: Float64Array;
  /** Counts of the records taken from these rings. */
  readonly #departedTaken: Float64Array;
  /** Number of records that this aggregator has taken from them. */
  #recordedHere = 0;

  /** Starts with the totals of threads that departed during previous runs. */
  constructor({ counts, taken }: PreviousRun) {
    this.#departedCounts = counts.slice();
    this.#departedTaken = taken.slice();
  }

  /** Links to the connected threads. */
  get all(): readonly ThreadLink[] {
    return this.#links;
  }

  /** Adds a link. */
  add(link: ThreadLink): void {
    this.#links.push(link);
  }

  /** Removes the link of a departed thread; its counts stay, its shares of gauges are removed. */
  remove(link: ThreadLink): void {
    this.#links.splice(this.#links.indexOf(link), 1);
    const { state, consumer } = link;
    const { counts, taken } = consumer;
    state.leave();
    counts.forEach((count, at) => this.#departedCounts[at] += count);
    taken.all().forEach((count, at) => this.#departedTaken[at] += count);
    this.#recordedHere += consumer.recordedHere;
  }

  /** Updates the presence of all threads by their heartbeats. */
  notePresence(nowMs: number): void {
    for (const { state: { presence }, lastSeenMs = nowMs } of this.#links) {
      presence.isPresent = nowMs - lastSeenMs < PRESENT_MS;
    }
  }

  selfMetrics(families: SelfFamilies): MetricFamily[] {
    const present = this.#links.filter(({ state: { presence } }) => presence.isPresent).length;
    return [families.gauge("hotpath_recording_threads", "Connected recording threads, the main one included", present)];
  }

  /** Occupancy of the fullest ring, 0 to 1. */
  get occupancyRatio(): number {
    return Math.max(0, ...this.#links.map(({ consumer }) => consumer.available() / consumer.capacity));
  }

  /** Definitions that clash with those of another thread, one sentence each. */
  get clashes(): string[] {
    return this.#links.flatMap(({ state: { clash } }) => clash === undefined ? [] : [clash.message]);
  }

  /** Returns the total of a count kept by the rings, see `Count`. */
  counted(at: number): number {
    return this.#links.reduce((total, { consumer }) => total + consumer.counts[at], this.#departedCounts[at]);
  }

  /** Returns the total of a count of records taken from the rings, see `Taken`. */
  taken(at: number): number {
    return this.#links.reduce((total, { consumer }) => total + consumer.taken.at(at), this.#departedTaken[at]);
  }

  /** Number of records that previous runs took into distributions that are lost. */
  get recordsLost(): number {
    const here = this.#links.reduce((total, { consumer }) => total + consumer.recordedHere, this.#recordedHere);
    return this.taken(Taken.recorded) - here;
  }
}
