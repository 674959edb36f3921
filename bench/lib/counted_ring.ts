/**
 * A ring with a worker at its far end that takes 32-byte records out as fast as it can, adds up their values and counts
 * them: Hotpath's own ring, or ringbuf.js. The worker loads this file too.
 *
 * A worker spins while its ring is measured and sleeps otherwise, so that all of them stay compiled and none is in
 * another's way.
 *
 * @module
 */

import { Worker, workerData } from "node:worker_threads";
import { RingBuffer } from "ringbuf.js";
import { Consumer } from "../../src/ring/consumer.ts";
import { RECORD_BYTES } from "../../src/ring/layout.ts";

/** Numbers in a record. */
export const RECORD_LENGTH: number = RECORD_BYTES / Float64Array.BYTES_PER_ELEMENT;

/** Records that the worker takes at once, at most. */
const TAKEN_MAX = 4_096;

/** Words that both threads share. */
const Total = {
  /** Records taken. */
  taken: 0,
  /** The state that the worker is to have. */
  wanted: 1,
  /** The state that it has; notified at each change. */
  present: 2,
  /** How many words there are. */
  length: 3,
} as const;

/** State of a worker. */
const State = {
  /** It is not there yet. */
  starting: 0,
  /** It waits. */
  asleep: 1,
  /** It looks for records all the time. */
  awake: 2,
} as const;

/** Which ring, and what both threads share of it. */
interface Counted {
  readonly kind: "hotpath" | "ringbuf.js";
  readonly storage: ArrayBufferLike;
  /** See {@linkcode Total}. */
  readonly totals: Int32Array;
}

/** The producer's view of such a ring. */
export class CountedRing {
  static readonly #all: CountedRing[] = [];
  readonly #totals: Int32Array = new Int32Array(new SharedArrayBuffer(Total.length * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;
  #pushed = 0;

  /** Starts the worker of a ring, asleep. */
  constructor(kind: Counted["kind"], storage: ArrayBufferLike) {
    const counted: Counted = { kind, storage, totals: this.#totals };
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { counted } });
    CountedRing.#all.push(this);
  }

  /** Wakes this worker and puts the others to sleep. */
  async start(): Promise<void> {
    await CountedRing.sleep();
    await this.#switch(State.awake);
  }

  /** Counts records that are pushed next. */
  willPush(count: number): void {
    this.#pushed = (this.#pushed + count) | 0;
  }

  /** Spins until the worker has taken all. */
  waitUntilTaken(): void {
    while (Atomics.load(this.#totals, Total.taken) !== this.#pushed) { /* the worker is behind */ }
  }

  /** Puts all workers to sleep. */
  static async sleep(): Promise<void> {
    for (const each of CountedRing.#all) await each.#switch(State.asleep);
  }

  /** Ends all workers. */
  static async end(): Promise<void> {
    for (const each of CountedRing.#all) await each.#worker.terminate();
  }

  async #switch(state: number): Promise<void> {
    Atomics.store(this.#totals, Total.wanted, state);
    Atomics.notify(this.#totals, Total.wanted);
    for (;;) {
      const present = Atomics.load(this.#totals, Total.present);
      if (present === state) return;
      const wait = Atomics.waitAsync(this.#totals, Total.present, present);
      if (wait.async) await wait.value;
    }
  }
}

/** Sum of all values that the worker has read, which keeps the reads alive. */
let sum = 0;

/** The worker: never returns. */
function countForever({ kind, storage, totals }: Counted): never {
  const take = kind === "hotpath" ? takerOfHotpath(storage) : takerOfPeer(storage);
  let taken = 0;
  for (;;) {
    enter(totals, State.asleep);
    while (Atomics.load(totals, Total.wanted) !== State.awake) Atomics.wait(totals, Total.wanted, State.asleep);
    enter(totals, State.awake);
    while (Atomics.load(totals, Total.wanted) === State.awake) {
      const count = take();
      if (count === 0) continue;
      taken = (taken + count) | 0;
      Atomics.store(totals, Total.taken, taken);
    }
    if (Number.isNaN(sum)) throw new Error("Cannot sum what was read");
  }
}

function enter(totals: Int32Array, state: number): void {
  Atomics.store(totals, Total.present, state);
  Atomics.notify(totals, Total.present);
}

function takerOfHotpath(storage: ArrayBufferLike): () => number {
  const consumer = new Consumer(storage);
  const { doubles, mask } = consumer;
  return () => {
    const count = Math.min(consumer.available(), TAKEN_MAX);
    const { tail } = consumer;
    let values = 0;
    for (let i = 0; i < count; i++) values += doubles[((tail + i) & mask) * RECORD_LENGTH];
    if (count > 0) consumer.commit(count);
    sum += values;
    return count;
  };
}

function takerOfPeer(storage: ArrayBufferLike): () => number {
  const ring = new RingBuffer(storage as SharedArrayBuffer, Float64Array);
  const records = new Float64Array(TAKEN_MAX * RECORD_LENGTH);
  return () => {
    const read = ring.pop(records);
    let values = 0;
    for (let at = 0; at < read; at += RECORD_LENGTH) values += records[at];
    sum += values;
    return read / RECORD_LENGTH;
  };
}

if (workerData?.counted !== undefined) countForever(workerData.counted);
