/**
 * Intake: from the rings of recording threads into series and traces. Its owner drains the rings at intervals, and
 * before every reading; other regular work is done with each drain.
 *
 * @module
 */

import type { SloBreach } from "../model/model.ts";
import type { SpanSink } from "../model/sink.ts";
import type { Span } from "../model/spans.ts";
import { WallOrigin } from "../platform/wall_clock.ts";
import type { Consumer } from "../ring/consumer.ts";
import { createControlBuffer } from "../ring/control.ts";
import type { SharedSettings } from "../ring/shared_settings.ts";
import type { WindowPlan } from "../sketch/sliding_window.ts";
import type { AggregatorContext, AggregatorSetup } from "./aggregator_setup.ts";
import { type Leftover, Rings, type ThreadOptions } from "./rings.ts";
import { AdaptiveSampling } from "./sampling/adaptive_sampling.ts";
import { ADJUST_INTERVAL_MS } from "./sampling/controller.ts";
import { NO_PREVIOUS_RUN, type PreviousRun } from "./series/previous_run.ts";
import { SeriesStore } from "./series/store.ts";
import { type ThreadLink, ThreadLinks } from "./thread_links.ts";
import { Traces } from "./traces/traces.ts";
import type { WorkTimes } from "./work_times.ts";

/** Share of a ring that is drained before other work gets its turn. */
const BATCH_SHARE = 1 / 4;
/** Limit on the wait for a lost announcement; others are sent before the first record that needs them. */
const ANNOUNCEMENT_PATIENCE_MS = 1_000;
const ANNOUNCEMENT_INTERVAL_MS = 1;

/** Drains rings into series and traces. */
export class Intake {
  /** Links to the recording threads. */
  readonly links: ThreadLinks;
  /** Series of all threads. */
  readonly store: SeriesStore;
  /** Traces of all threads. */
  readonly traces: Traces;
  /** Sampling rates of all threads. */
  readonly sampling: AdaptiveSampling;
  readonly #nowMs: () => number;
  readonly #origin: WallOrigin;
  readonly #rings: Rings;
  readonly #previous: PreviousRun;
  readonly #settings: SharedSettings | undefined;
  readonly #sinks: readonly SpanSink[];
  readonly #onDrained: () => void;
  readonly #onBroken: (error: unknown) => void;

  /**
   * Creates an intake without recording threads.
   *
   * @param nowMs Monotonic clock in milliseconds
   * @param onDrained Called after each drain
   */
  constructor(
    { isStamped, samplingPlan, drainIntervalMs, seriesMax, idleTtlMs, traceLimits }: AggregatorSetup,
    plan: WindowPlan,
    nowMs: () => number,
    { previous = NO_PREVIOUS_RUN, settings, sinks = [], onBroken = () => {}, onForgotten, onRemoved = () => {} }:
      AggregatorContext,
    onDrained: () => void,
  ) {
    this.#nowMs = nowMs;
    this.#previous = previous;
    this.#settings = settings;
    this.#sinks = sinks;
    this.#onDrained = onDrained;
    this.#onBroken = onBroken;
    this.#origin = new WallOrigin(nowMs);
    const time = { nowMs, originMs: () => this.#origin.ms };
    const controls = settings?.buffers.control ?? createControlBuffer(false);
    const links = this.links = new ThreadLinks(previous);
    const store = this.store = new SeriesStore(plan, seriesMax, idleTtlMs, onForgotten, (family) => {
      for (const link of links.all) {
        for (const instrument of link.state.instrumentsOf(family)) onRemoved(link, instrument);
      }
    });
    const traces = this.traces = new Traces(
      nowMs,
      drainIntervalMs,
      traceLimits,
      (span) => this.#push(span),
      time.originMs,
    );
    const budget = () => settings?.budget;
    this.sampling = new AdaptiveSampling({ plan: samplingPlan, budget, threads: () => links.all, controls, nowMs });
    this.#rings = new Rings({ links, store, traces, controls, time, isStamped });
  }

  /** Durations of drains that found records. */
  get times(): WorkTimes {
    return this.#rings.times;
  }

  /** Whether a ring is so full that the next drain should not wait. */
  get isWorkLeft(): boolean {
    return this.#rings.isWorkLeft;
  }

  /** Adds the totals of threads that departed during previous runs; must follow all definitions. */
  restoreDeparted(): void {
    for (const series of this.#previous.departed) this.store.restore(series);
  }

  /** Connects a recording thread by its ring. */
  connect(ring: ArrayBufferLike, options?: ThreadOptions): ThreadLink {
    return this.#rings.connect(ring, options);
  }

  /** Notes a heartbeat of a thread. */
  noteHeartbeat(link: ThreadLink): void {
    link.lastSeenMs = this.#nowMs();
  }

  /** Takes the last records of a departed thread; its counts stay, its shares of gauges are removed. */
  disconnect(link: ThreadLink): void {
    if (!this.links.all.includes(link)) return;
    this.drainAll();
    this.links.remove(link);
  }

  /** Takes one bounded batch from each ring. */
  drain(): Leftover {
    return this.#drain(({ capacity }) => capacity * BATCH_SHARE);
  }

  /** Takes all records published by now, in each ring up to the first whose series is not announced yet. */
  drainAll(): Leftover {
    return this.#drain((consumer) => consumer.available());
  }

  /**
   * Takes all records published by now, and waits for announcements that come by another port than the request.
   */
  async settle(): Promise<void> {
    const endMs = performance.now() + ANNOUNCEMENT_PATIENCE_MS;
    while (this.drainAll().isWaiting && performance.now() < endMs) {
      await new Promise<void>((resolve) => setTimeout(resolve, ANNOUNCEMENT_INTERVAL_MS));
    }
  }

  /** Takes the last records and closes the sinks; resolves once they have closed, within their time-outs. */
  async finish(): Promise<void> {
    await this.settle();
    await Promise.all(this.#sinks.map((sink) => sink.close()));
  }

  /** Returns the breaches since the last call. */
  takeBreaches(): SloBreach[] {
    return this.store.breaches.take(this.#nowMs());
  }

  /** Returns the maximum time that the draining thread may sleep, in milliseconds, given its usual interval. */
  sleepMs(intervalMs: number): number {
    return this.sampling.isActive ? Math.min(intervalMs, ADJUST_INTERVAL_MS) : intervalMs;
  }

  #drain(recordsMax: (consumer: Consumer) => number): Leftover {
    try {
      this.#settings?.step();
      this.#origin.check();
      this.sampling.noteOccupancy();
      const leftover = this.#rings.drain(recordsMax);
      this.#onDrained();
      this.store.sweep(this.#nowMs());
      this.traces.sweep(leftover.isBehind);
      this.sampling.adjustIfDue();
      return leftover;
    } catch (error) {
      this.#onBroken(error);
      throw error;
    }
  }

  #push(span: Span): void {
    if (this.#settings?.isExporting === false) return;
    for (const sink of this.#sinks) sink.add(span);
  }
}
