/**
 * A program of several threads on one: the code that runs on the main thread, on recording threads and in the
 * aggregator's worker, joined by ports whose messages the test delivers. Threads and workers end at any
 * moment; a worker that was terminated may go on for a while, as a busy one does.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { resolveOptions } from "../../../src/config/options.ts";
import { createControlBuffer } from "../../../src/ring/control.ts";
import { createDoorbell } from "../../../src/ring/doorbell.ts";
import { claimWriter, createRing } from "../../../src/ring/layout.ts";
import { createSettingsBuffer } from "../../../src/ring/settings_memory.ts";
import { SharedSettings } from "../../../src/ring/shared_settings.ts";
import type { OpenChannel } from "../../../src/threads/main/thread_connections.ts";
import { UnreachableError } from "../../../src/threads/request_channel.ts";
import { AttachedClient } from "../../../src/threads/attached/attached_client.ts";
import { WorkerClient } from "../../../src/threads/main/worker_client.ts";
import { Network, type SimPort, Timers } from "./sim_ports.ts";
import { Recording, SimRun } from "./sim_threads.ts";

const RING_CAPACITY = 64;
const PRESENT_MAX = 3;
/** More than are present at a time, so that rings go from thread to thread. */
const THREADS_MAX = 8;
/** Maximum number of steps until the program ends. */
const STEPS_MAX = 20_000;
/** Another thread that records. */
interface SimThread {
  /** Owner of its ports. */
  readonly owner: object;
  readonly recording: Recording;
  readonly client: AttachedClient;
  isGone: boolean;
}

/** Next possible events. */
export type StepKind = keyof Program["steps"];

/** One program; there is one at a time. */
export class Program {
  /** Replacement of the runtime's timers. */
  static readonly timers = {
    setTimeout: (action: () => void): number => Timers.current.add(action),
    clearTimeout: (timer: number): boolean => Timers.current.waiting.delete(timer),
  };

  readonly #network = new Network();
  readonly #main = {};
  readonly #runs: SimRun[] = [];
  readonly #client: WorkerClient;
  readonly #mine: Recording;
  readonly #threads: SimThread[] = [];
  readonly #timers = new Timers();
  readonly #seen: Map<string, number> = new Map();
  readonly #pending: Set<Promise<void>> = new Set();
  readonly #failures: unknown[] = [];

  /** Possible events by name; picks one of the possibilities if there are several. */
  readonly steps = {
    deliver: (pick: number) => picked(this.#deliverable, pick)?.deliver(),
    deliverAll: (pick: number) => {
      const port = picked(this.#deliverable, pick);
      while (port?.isDeliverable) port.deliver();
    },
    deliverLate: (pick: number) => {
      const { late } = this.#network;
      if (late.length > 0) late.splice(pick % late.length, 1)[0]();
    },
    fireTimer: (pick: number) => {
      const timer = picked([...this.#timers.waiting], pick);
      if (timer === undefined) return;
      this.#timers.waiting.delete(timer[0]);
      timer[1]();
    },
    boot: (pick: number) => picked(this.#live.filter(({ thread }) => thread === undefined), pick)?.boot(),
    drain: (pick: number) => this.#drain(picked(this.#live.filter(({ thread }) => thread !== undefined), pick)),
    terminate: () => this.#last.onDeath("it was terminated"),
    crash: () => this.#last.hasEnded || this.#last.thread?.fail(new Error("it crashed")),
    vanish: () => this.#last.end(),
    noteExit: (pick: number) => picked(this.#runs.filter(({ hasEnded }) => hasEnded), pick)?.onDeath("it has ended"),
    end: (pick: number) => picked(this.#live.filter(({ isTerminated }) => isTerminated), pick)?.end(),
    /** Messages of a terminated worker are no longer awaited. */
    giveUp: (pick: number) => {
      const run = picked(this.#runs.filter(({ isTerminated }) => isTerminated), pick);
      if (run !== undefined) run.isOver = true;
    },
    connect: () => this.#connect(),
    count: (pick: number) => this.#recording(pick).count(pick >> 2),
    observe: (pick: number) => this.#recording(pick).observe(pick >> 2),
    /** A thread that has left calls what it still has: its ring and cells may be another thread's. */
    callLate: (pick: number) =>
      picked(this.#recordings.filter(({ isReleased }) => isReleased), pick)?.callLate(pick >> 2),
    churn: (pick: number) => this.#recording(pick).churn(),
    publish: (pick: number) => this.#recording(pick).recorder.publish(),
    flush: (pick: number) => this.#flush(picked([undefined, ...this.#present], pick)),
    leave: (pick: number) => this.#leave(picked(this.#present, pick)),
    die: (pick: number) => this.#die(picked(this.#present, pick)),
    scrape: () => this.#scrape(),
  };

  constructor() {
    const settings = {
      control: createControlBuffer(true),
      kept: createSettingsBuffer(true),
    };
    new SharedSettings(settings, () => 0).begin(true, 1);
    const ring = createRing(RING_CAPACITY, true);
    this.#client = new WorkerClient({
      setup: {
        ...resolveOptions({ windows: [], seriesMax: 1_000, nativeBucketsMax: 160 }).aggregate,
        aggregation: "worker",
        clock: "performance",
        createdMs: 0,
        isStamped: false,
        rejectedReasons: {},
      },
      ring,
      doorbell: createDoorbell(true),
      settings,
      settingsMs: () => 0,
      announcements: () => this.#mine.registry.announcements(),
      noteRemoved: () => {},
      startRun: (start, onDeath) => {
        const run = new SimRun(this.#network, this.#main, start, onDeath);
        this.#runs.push(run);
        return run;
      },
      openChannel: () => this.#network.channel(this.#main) as unknown as ReturnType<OpenChannel>,
    });
    this.#mine = new Recording("main", ring, false, (announcement) => this.#client.announce(announcement));
  }

  /** Lets the first worker start: if none ever does, there is nothing to go on with. */
  async begin(): Promise<void> {
    this.steps.boot(0);
    await this.#runOut();
  }

  /** Lets one thing happen, and what follows from it on the same thread. */
  async step(kind: StepKind, pick: number): Promise<void> {
    this.steps[kind](pick);
    await this.#settle();
  }

  /** Closes the metrics; everything that was counted must be there. */
  async close(): Promise<void> {
    for (const thread of [undefined, ...this.#present]) this.#flush(thread);
    while (this.#pending.size > 0) await this.#runOut(Promise.all(this.#pending));
    await this.#runOut();
    this.steps.scrape();
    let body: Uint8Array | undefined;
    // A flush that waits for what is announced right after it.
    this.#flush(undefined);
    this.#mine.observe(0);
    this.#mine.recorder.close();
    const closing = this.#client.request("close", undefined).then(({ exposition }) => {
      body = exposition.body;
    });
    await this.#runOut(this.#follow(closing));
    await this.#client.end();
    await this.#runOut();
    assertEquals(this.#pending.size, 0, "something hangs");
    assert(body !== undefined);
    this.#check(body);
    this.#checkAll(samplesOf(body));
  }

  get #last(): SimRun {
    return this.#runs[this.#runs.length - 1];
  }

  get #live(): SimRun[] {
    return this.#runs.filter(({ hasEnded }) => !hasEnded);
  }

  get #deliverable(): SimPort[] {
    return this.#network.ports.filter(({ isDeliverable }) => isDeliverable);
  }

  get #present(): SimThread[] {
    return this.#threads.filter(({ isGone }) => !isGone);
  }

  get #recordings(): Recording[] {
    return [this.#mine, ...this.#threads.map(({ recording }) => recording)];
  }

  #recording(pick: number): Recording {
    return picked([this.#mine, ...this.#present.map(({ recording }) => recording)], pick)!;
  }

  #drain(run: SimRun | undefined): void {
    if (run?.thread === undefined || run.thread.isClosed) return;
    try {
      run.thread.drain();
    } catch (error) {
      run.thread.fail(error);
    }
  }

  #connect(): void {
    if (this.#threads.length === THREADS_MAX || this.#present.length === PRESENT_MAX) return;
    const { ring, cells, ports } = this.#client.connect(RING_CAPACITY)!;
    // Not its ring, which may be another thread's later.
    const owner = {};
    for (const port of ports as unknown as SimPort[]) port.owner = owner;
    assert(claimWriter(ring), "the ring has a writer");
    const client = new AttachedClient(ports, { onEnded: () => recording.stop(), onRemoved: () => {} });
    const recording = new Recording(
      `t${this.#threads.length}`,
      ring,
      true,
      (announcement) => client.announce(announcement),
      cells,
    );
    this.#threads.push({ owner, recording, client, isGone: false });
  }

  #flush(thread: SimThread | undefined): void {
    if (thread === undefined) {
      this.#mine.recorder.publish();
      return void this.#follow(this.#client.request("flush", undefined));
    }
    thread.recording.recorder.publish();
    // A thread that leaves meanwhile has no answer any more.
    this.#follow(thread.client.request("flush", true), () => thread.isGone);
  }

  #leave(thread: SimThread | undefined): void {
    if (thread === undefined) return;
    thread.isGone = true;
    thread.recording.stop();
    const leaving = thread.client.request("leave").finally(() => thread.client.close());
    this.#follow(leaving, (error) => error instanceof UnreachableError);
  }

  #die(thread: SimThread | undefined): void {
    if (thread === undefined) return;
    thread.isGone = true;
    this.#network.closeAll(thread.owner);
    thread.client.close();
  }

  #scrape(): void {
    // Refused while there is no aggregator.
    const scraping = this.#client.request("expose", {}).then(({ body }) => this.#check(body));
    this.#follow(scraping, (error) => error instanceof UnreachableError);
  }

  /** Notes a failure, unless it is what was to be expected. */
  #follow(promise: Promise<unknown>, isExpected: (error: unknown) => boolean = () => false): Promise<void> {
    const followed: Promise<void> = promise.then(
      () => {},
      (error) => void (isExpected(error) || this.#failures.push(error)),
    ).then(() => void this.#pending.delete(followed));
    this.#pending.add(followed);
    return followed;
  }

  /** Lets everything happen that is due, until something is done or nothing is left. */
  async #runOut(awaited?: Promise<unknown>): Promise<void> {
    let isDone = false;
    awaited?.then(() => isDone = true);
    for (let i = 0; i < STEPS_MAX && !isDone; i++) {
      if (!this.#runOn(i)) {
        if (awaited === undefined) return;
        this.#live.forEach((run) => this.#drain(run));
        this.steps.fireTimer(i);
      }
      await this.#settle();
    }
    if (!isDone) {
      throw new Error("the program does not come to its end");
    }
  }

  /** Runs events that need no time; returns whether there were any. */
  #runOn(pick: number): boolean {
    const terminated = this.#live.some(({ isTerminated }) => isTerminated);
    const unnoted = this.#runs.filter((run) => run.hasEnded && !run.isNoted);
    if (this.#network.late.length > 0) this.steps.deliverLate(0);
    else if (this.#deliverable.length > 0) this.steps.deliver(pick);
    else if (this.#live.some(({ thread }) => thread === undefined)) this.steps.boot(0);
    else if (terminated) this.#live.find(({ isTerminated }) => isTerminated)!.end();
    else if (unnoted.length > 0) unnoted.forEach((run) => run.onDeath("it has ended"));
    else return false;
    return true;
  }

  async #settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#failures.length > 0) throw this.#failures[0];
  }

  /** No counter has gone down, none is above what was counted, and records are either in histograms or lost. */
  #check(body: Uint8Array): void {
    const samples = samplesOf(body);
    for (const [name, value] of this.#seen) {
      assert((samples.get(name) ?? -1) >= value, `${name} went from ${value} to ${samples.get(name)}`);
    }
    for (const [name, value] of samples) {
      if (/^(orders_total|all_total|hotpath_records_)/.test(name) && !name.includes("removed")) {
        this.#seen.set(name, value);
      }
    }
    for (const { counted, owner, removals, isReleased } of this.#recordings) {
      for (const [id, count] of counted) assert((samples.get(`orders_total{id="${id}"}`) ?? 0) <= count, id);
      assert(isReleased || ((removals - owner.freed) | 0) >= 0, `${owner.freed} of ${removals} removals freed`);
    }
    let aggregated = 0;
    for (const [name, value] of samples) if (name.startsWith("size_count{")) aggregated += value;
    const [recorded, lost] = ["", "lost_"].map((each) => samples.get(`hotpath_records_${each}total`) ?? NaN);
    assertEquals(aggregated + lost, recorded, `${aggregated} in histograms, ${lost} lost`);
  }

  /** Everything that was counted and published is there. */
  #checkAll(samples: ReadonlyMap<string, number>): void {
    let all = 0;
    let offered = 0;
    for (const recording of this.#recordings) {
      const { counted } = recording;
      for (const [id, count] of counted) {
        assertEquals(samples.get(`orders_total{id="${id}"}`), count, id);
        all += count;
      }
      offered += recording.offered;
    }
    assertEquals(samples.get("all_total") ?? 0, all);
    const [recorded, dropped] = ["", "dropped_"].map((each) => samples.get(`hotpath_records_${each}total`) ?? NaN);
    assertEquals(recorded + dropped, offered);
    assertEquals(this.#mine.owner.freed, this.#mine.removals);
  }
}

function picked<Each>(from: readonly Each[], pick: number): Each | undefined {
  return from[pick % from.length];
}

function samplesOf(body: Uint8Array): Map<string, number> {
  const lines = new TextDecoder().decode(body).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const space = line.lastIndexOf(" ");
    return [line.slice(0, space), Number(line.slice(space + 1))];
  }));
}
