/**
 * A worker and the recording side of a thread, without threads.
 *
 * @module
 */

import type { MessagePort } from "node:worker_threads";
import type { CounterFamily } from "../../../src/instrument/counter.ts";
import type { HistogramFamily } from "../../../src/instrument/histogram.ts";
import { Registry } from "../../../src/instrument/registry.ts";
import type { Announcement } from "../../../src/model/model.ts";
import type { Recorder } from "../../../src/record/recorder.ts";
import { createThreadMemory } from "../../../src/record/thread_memory.ts";
import { Count } from "../../../src/ring/layout.ts";
import { RingOwner } from "../../../src/ring/ring_owner.ts";
import { AggregatorThread } from "../../../src/threads/worker/aggregator_thread.ts";
import type { WorkerStart } from "../../../src/threads/protocol.ts";
import type { Run } from "../../../src/threads/main/worker_run.ts";
import { startRecorder } from "../record/start_recorder.ts";
import type { Network, SimPort } from "./sim_ports.ts";

/** A worker. */
export class SimRun implements Run {
  readonly port: MessagePort;
  isOver = false;
  isTerminated = false;
  hasEnded = false;
  /** Whether the main thread was notified of its end. */
  isNoted = false;
  thread: AggregatorThread | undefined;
  readonly onDeath: (reason: string) => void;
  readonly #network: Network;
  readonly #port: SimPort;
  readonly #start: WorkerStart;

  constructor(network: Network, main: object, start: WorkerStart, onDeath: (reason: string) => void) {
    const { port1, port2 } = network.channel(main);
    port2.owner = this;
    port1.on("close", () => this.isOver = true);
    this.port = port1 as unknown as MessagePort;
    this.onDeath = (reason) => {
      this.isNoted = true;
      onDeath(reason);
    };
    this.#network = network;
    this.#port = port2;
    this.#start = cloned(start);
  }

  boot(): void {
    const [port, start] = [this.#port as unknown as MessagePort, this.#start];
    try {
      this.thread = new AggregatorThread({ port, start, nowMs: () => 0, end: () => this.isTerminated = true });
    } catch (error) {
      this.#port.postMessage({ type: "unstarted", message: (error as Error).message });
      this.end();
    }
  }

  end(): void {
    this.hasEnded = true;
    this.#network.closeAll(this);
  }

  terminate(): Promise<void> {
    this.isTerminated = true;
    return Promise.resolve();
  }
}

/** Records of a thread. */
export class Recording {
  readonly recorder: Recorder;
  readonly registry: Registry;
  readonly owner: RingOwner;
  /** By series: what it has counted. */
  readonly counted: Map<string, number> = new Map();
  readonly name: string;
  removals = 0;
  #nextId = 0;
  /** Initial cursors of the ring, which may have been another thread's before. */
  readonly #from: number;
  /** Number of offered records, once the ring is released and may be another thread's. */
  #offered: number | undefined;

  constructor(
    name: string,
    ring: ArrayBufferLike,
    isAttached: boolean,
    announce: (announcement: Announcement) => void,
    cells?: ArrayBufferLike,
  ) {
    this.name = name;
    this.recorder = startRecorder({ memory: createThreadMemory(true), ring, cells, announce, isAttached });
    this.registry = new Registry(this.recorder);
    this.owner = new RingOwner(ring);
    this.#from = this.recorder.producer.head;
  }

  /** Whether it has released its ring. */
  get isReleased(): boolean {
    return this.#offered !== undefined;
  }

  /** Records that were offered, but for those that are not published or not drained yet. */
  get offered(): number {
    if (this.#offered !== undefined) return this.#offered;
    const { head, pending } = this.recorder.producer;
    return head - this.#from - pending + this.owner.counts[Count.dropped];
  }

  count(pick: number): void {
    const id = this.#idOf(pick);
    this.#counters.with({ id }).inc();
    const counted = this.counted.get(id) ?? 0;
    this.counted.set(id, counted + 1);
    (this.registry.getOrCreate("counter", "all_total", {}) as { inc(): void }).inc();
  }

  observe(pick: number): void {
    this.#sizes.with({ id: this.#idOf(pick) }).observe(pick);
  }

  /** Makes two series that nothing is recorded in, and removes them. */
  churn(): void {
    const id = `${this.name} removed ${this.#nextId++}`;
    this.#counters.with({ id });
    this.#counters.remove({ id });
    this.#sizes.with({ id });
    this.#sizes.remove({ id });
    this.removals += 2;
  }

  /** Calls handles, old and new, which changes nothing. */
  callLate(pick: number): void {
    this.#counters.with({ id: this.#idOf(pick) }).inc();
    this.#counters.with({ id: `${this.name} late` }).inc();
    (this.registry.getOrCreate("counter", "all_total", {}) as { inc(): void }).inc();
    this.observe(pick);
  }

  stop(): void {
    if (this.isReleased) return;
    this.recorder.close();
    this.registry.freeze();
    // All of it is published by now, and will be drained.
    this.#offered = this.recorder.producer.head - this.#from + this.owner.counts[Count.dropped];
    this.recorder.release();
  }

  get #counters(): CounterFamily<"id"> {
    return this.registry.getOrCreate("counter", "orders_total", { labels: ["id"] }) as CounterFamily<"id">;
  }

  get #sizes(): HistogramFamily<"id"> {
    return this.registry.getOrCreate("histogram", "size", { labels: ["id"] }) as HistogramFamily<"id">;
  }

  /** One of some series of the thread's own, or a new one. */
  #idOf(pick: number): string {
    return `${this.name} ${pick % 3 === 0 ? this.#nextId++ : pick % 3}`;
  }
}

/** Copies like `postMessage`, where the sender later changes what it has sent. */
function cloned({ previous, main, threads, ...rest }: WorkerStart): WorkerStart {
  return {
    ...rest,
    previous: { ...previous, counts: previous.counts.slice(), taken: previous.taken.slice() },
    main: { ...main, clashing: new Set(main.clashing) },
    threads: threads.map((each) => ({ ...each, clashing: new Set(each.clashing) })),
  };
}
