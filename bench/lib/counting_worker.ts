/**
 * The far end of a ring in `pipeline_bench.ts`: takes 32-byte records out as fast as it can, adds up
 * their values and counts them. `kind` says which ring: Hotpath's own or ringbuf.js.
 *
 * @module
 */

import { workerData } from "node:worker_threads";
import { RingBuffer } from "ringbuf.js";
import { Consumer } from "../../src/ring/consumer.ts";
import { State, Total } from "./counting.ts";

const { kind, storage, totals, recordLength } = workerData as {
  kind: "hotpath" | "ringbuf.js";
  storage: SharedArrayBuffer;
  /** See {@linkcode Total}. */
  totals: Int32Array;
  recordLength: number;
};
let sum = 0;
const take = kind === "hotpath" ? takeFromHotpath() : takeFromPeer();

let taken = 0;
for (;;) {
  enter(State.asleep);
  while (Atomics.load(totals, Total.wanted) !== State.awake) Atomics.wait(totals, Total.wanted, State.asleep);
  enter(State.awake);
  while (Atomics.load(totals, Total.wanted) === State.awake) {
    const count = take();
    if (count === 0) continue;
    taken = (taken + count) | 0;
    Atomics.store(totals, Total.taken, taken);
  }
  // Keeps the reads alive.
  if (Number.isNaN(sum)) throw new Error("Cannot sum what was read");
}

function enter(state: number): void {
  Atomics.store(totals, Total.present, state);
  Atomics.notify(totals, Total.present);
}

function takeFromHotpath(): () => number {
  const consumer = new Consumer(storage);
  const { doubles, mask } = consumer;
  return () => {
    const count = Math.min(consumer.available(), 4_096);
    const { tail } = consumer;
    let values = 0;
    for (let i = 0; i < count; i++) values += doubles[((tail + i) & mask) * recordLength];
    if (count > 0) consumer.commit(count);
    sum += values;
    return count;
  };
}

function takeFromPeer(): () => number {
  const ring = new RingBuffer(storage, Float64Array);
  const records = new Float64Array(4_096 * recordLength);
  return () => {
    const read = ring.pop(records);
    let values = 0;
    for (let at = 0; at < read; at += recordLength) values += records[at];
    sum += values;
    return read / recordLength;
  };
}
