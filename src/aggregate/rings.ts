/**
 * Rings of all recording threads: connects a thread's ring to the series, and drains all rings in bounded batches.
 *
 * @module
 */

import { Consumer } from "../ring/consumer.ts";
import { Control } from "../ring/control.ts";
import { DrainRoom } from "./drain/drain_room.ts";
import { Drainer } from "./drain/drainer.ts";
import { ThreadState } from "./drain/thread_state.ts";
import { type AggregatorTime, ThreadTime } from "./drain/thread_time.ts";
import { TraceReader } from "./drain/trace_reader.ts";
import type { SeriesStore } from "./series/store.ts";
import type { ThreadLink, ThreadLinks } from "./thread_links.ts";
import type { Traces } from "./traces/traces.ts";
import { WorkTimes } from "./work_times.ts";

/** State of the rings after a drain. */
export interface Leftover {
  /** Whether there are records that could be drained at once. */
  readonly isMore: boolean;
  /** Whether a ring waits for an announcement. */
  readonly isWaiting: boolean;
  /** Whether records published before the drain may remain. */
  readonly isBehind: boolean;
}

/** Options of a recording thread. */
export interface ThreadOptions {
  /**
   * Whether it sends heartbeats. A thread that should but does not counts as absent after a while.
   *
   * @default {false}
   */
  readonly sendsHeartbeats?: boolean;
  /**
   * Name of the thread.
   *
   * @default {"main"}
   */
  readonly thread?: string;
  /**
   * Lane of its control word, see `laneOf`.
   *
   * @default {0}
   */
  readonly lane?: number;
  /** Number of the aggregator as a reader of the ring, see `Consumer`. */
  readonly reader?: number;
}

/** Inputs of {@linkcode Rings}. */
export interface RingsParts {
  /** Links to connected and departed threads. */
  readonly links: ThreadLinks;
  /** Store of the series that records are counted in. */
  readonly store: SeriesStore;
  /** Traces that spans are added to. */
  readonly traces: Traces;
  /** Memory of the control words that threads read. */
  readonly controls: ArrayBufferLike;
  /** Clocks of the aggregator. */
  readonly time: AggregatorTime;
  /** Whether all records carry a time of its monotonic clock. */
  readonly isStamped: boolean;
}

/** Drains the rings of all recording threads. */
export class Rings {
  /** Durations of drains that found records. */
  readonly times: WorkTimes = new WorkTimes("hotpath_drain_duration_seconds", "Time of a drain that found records");
  readonly #parts: RingsParts;
  readonly #room: DrainRoom = new DrainRoom();

  /** Creates an empty set of rings. */
  constructor(parts: RingsParts) {
    this.#parts = parts;
  }

  /** Whether a ring is so full that the next drain should not wait. */
  get isWorkLeft(): boolean {
    return this.#parts.links.all.some(({ consumer }) => consumer.available() >= consumer.capacity / 2);
  }

  /** Connects a recording thread by its ring. */
  connect(
    ring: ArrayBufferLike,
    { sendsHeartbeats = false, thread = "main", lane = 0, reader }: ThreadOptions = {},
  ): ThreadLink {
    const { links, store, traces, controls, time: own, isStamped } = this.#parts;
    const { nowMs } = own;
    const consumer = new Consumer(ring, reader);
    const state = new ThreadState(store, nowMs, consumer.taken);
    const time = new ThreadTime(consumer.facts, own, isStamped);
    const traceReader = new TraceReader(state, consumer.facts, time, thread, traces);
    const drainer = new Drainer(consumer, state, nowMs, isStamped, traceReader, this.#room);
    const control = new Control(controls, lane);
    const lastSeenMs = sendsHeartbeats ? nowMs() : undefined;
    const link: ThreadLink = { consumer, state, drainer, thread, control, lastSeenMs, time };
    links.add(link);
    return link;
  }

  /** Takes at most the given number of records from each ring. */
  drain(recordsMax: (consumer: Consumer) => number): Leftover {
    const { links, time: { nowMs } } = this.#parts;
    const startMs = performance.now();
    let records = 0;
    let isMore = false;
    let isWaiting = false;
    let isBehind = false;
    for (const link of links.all) {
      link.time.look();
      const max = recordsMax(link.consumer);
      const result = link.drainer.drain(max);
      records += result.records;
      if (result.records > 0 && link.lastSeenMs !== undefined) link.lastSeenMs = nowMs();
      isWaiting ||= result.isWaiting;
      const isLeft = link.consumer.available() > 0;
      isMore ||= !result.isWaiting && isLeft;
      isBehind ||= isLeft && (result.isWaiting || result.records >= max);
      returnIds(link);
    }
    if (records > 0) this.times.record((performance.now() - startMs) / 1_000);
    return { isMore, isWaiting, isBehind };
  }
}

/** Returns to the thread the ids of removed series whose last record was read. */
function returnIds({ state, consumer }: ThreadLink): void {
  const freed = state.takeFreed(consumer.tail);
  if (freed.length > 0) consumer.free(freed.length);
}
