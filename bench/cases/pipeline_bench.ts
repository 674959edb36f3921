/**
 * The sustained rate from one producing thread to the aggregator in its worker, everything
 * aggregated and nothing lost, next to ringbuf.js drained by a worker that only counts. Both
 * producers wait while their ring has no room.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Worker } from "node:worker_threads";
import { RingBuffer } from "ringbuf.js";
import { resolveOptions } from "../../src/config/options.ts";
import { RingHistogram } from "../../src/instrument/histogram.ts";
import { REJECTED_REASONS } from "../../src/instrument/rejected.ts";
import { define } from "../../src/instrument/definition.ts";
import { Recorder } from "../../src/record/recorder.ts";
import { createThreadMemory } from "../../src/record/thread_memory.ts";
import { createDoorbell, Doorbell } from "../../src/ring/doorbell.ts";
import { Count, createRing, Kind, RECORD_BYTES, tagOf } from "../../src/ring/layout.ts";
import { createSettingsBuffer } from "../../src/ring/settings_memory.ts";
import { SharedSettings } from "../../src/ring/shared_settings.ts";
import { Producer } from "../../src/ring/producer.ts";
import { WorkerClient } from "../../src/threads/main/worker_client.ts";
import { State, Total } from "../lib/counting.ts";
import { logNormal } from "../lib/workload.ts";
import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

const CAPACITY = 131_072;
/** Thirty-two rings full, so that the rate is that of the slower side. */
const BURST = CAPACITY * 32;
/** Records between two looks at the room that is left. */
const STRIDE = 4_096;
const TURN = HANDLES - 1;

const ring = createRing(CAPACITY, true);
const memory = createThreadMemory(true);
const settings = { control: memory.control, kept: createSettingsBuffer(true) };
new SharedSettings(settings, Date.now).begin(true, 1);
const client = new WorkerClient({
  ring,
  doorbell: memory.doorbell,
  settings,
  settingsMs: Date.now,
  setup: {
    ...resolveOptions({}).aggregate,
    aggregation: "worker",
    clock: "performance",
    createdMs: Date.now(),
    isStamped: false,
    rejectedReasons: REJECTED_REASONS,
  },
  announcements: () => [],
  noteRemoved: () => {},
});
await client.ready;
const recorder = new Recorder({
  clock: performance,
  memory,
  seed: 1,
  ring,
  overflow: "overwrite-oldest",
  seriesMax: 10_000,
  labelValueMax: 256,
  announce: (news) => client.announce(news),
});
const instrument = recorder.define(define("histogram", "message_bytes", { unit: "bytes", labels: LABELS }));
const histograms = eachLabelSet((labels) => new RingHistogram(recorder, instrument, Object.values(labels), false));
const { producer } = recorder;
const values = logNormal(STRIDE, 1);
let observed = 0;

const recordLength = RECORD_BYTES / Float64Array.BYTES_PER_ELEMENT;

/**
 * A ring with a worker at its far end that only counts. A worker spins while its ring is measured and sleeps
 * else, so that all of them stay compiled and none is in another's way.
 */
class CountedRing {
  static readonly #all: CountedRing[] = [];
  readonly #totals: Int32Array = new Int32Array(new SharedArrayBuffer(Total.length * Int32Array.BYTES_PER_ELEMENT));
  readonly #worker: Worker;
  #pushed = 0;

  constructor(kind: string, storage: ArrayBufferLike) {
    this.#worker = new Worker(new URL("../lib/counting_worker.ts", import.meta.url), {
      workerData: { kind, storage, totals: this.#totals, recordLength },
    });
    CountedRing.#all.push(this);
  }

  /** Wakes this worker and puts the others to sleep. */
  async start(): Promise<void> {
    await CountedRing.sleep();
    await this.#switch(State.awake);
  }

  willPush(count: number): void {
    this.#pushed = (this.#pushed + count) | 0;
  }

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

const plainRing = createRing(CAPACITY, true);
const plainProducer = new Producer(plainRing, new Doorbell(createDoorbell(true)), "overwrite-oldest");
const counted = new CountedRing("hotpath", plainRing);

const peerStorage = RingBuffer.getStorageForCapacity(CAPACITY * recordLength, Float64Array);
const peer = new RingBuffer(peerStorage, Float64Array);
const peerRecord = new Float64Array(recordLength);
const peerCounted = new CountedRing("ringbuf.js", peerStorage);
const tags = Float64Array.from({ length: TURN + 1 }, (_, series) => tagOf(series, Kind.value));

const ladder: Ladder = {
  name: "one producer to the aggregator",
  cases: [
    {
      name: "observe to aggregated",
      burst: BURST,
      prepare: () => CountedRing.sleep(),
      run: (count) => {
        observed += count;
        for (let i = 0; i < count; i += STRIDE) {
          while (producer.pending > CAPACITY - STRIDE) { /* the aggregator is behind */ }
          for (let k = 0; k < STRIDE; k++) histograms[k & TURN].observe(values[k]);
        }
        producer.publish();
        while (producer.pending > 0) { /* until all is aggregated */ }
      },
    },
    {
      name: "push to a counting worker",
      burst: BURST,
      prepare: () => counted.start(),
      run: (count) => {
        counted.willPush(count);
        for (let i = 0; i < count; i += STRIDE) {
          while (plainProducer.pending > CAPACITY - STRIDE) { /* the worker is behind */ }
          for (let k = 0; k < STRIDE; k++) plainProducer.push(k, 0, tags[k & TURN]);
        }
        plainProducer.publish();
        counted.waitUntilTaken();
      },
    },
    {
      name: "ringbuf.js to a counting worker",
      isReference: true,
      burst: BURST,
      prepare: () => peerCounted.start(),
      run: (count) => {
        peerCounted.willPush(count);
        for (let i = 0; i < count; i++) {
          peerRecord[0] = i;
          while (peer.push(peerRecord) === 0) { /* the worker is behind */ }
        }
        peerCounted.waitUntilTaken();
      },
    },
  ],
  targets: [
    { name: "observe to aggregated", reference: "ringbuf.js to a counting worker", timesFaster: 6 },
    { name: "push to a counting worker", reference: "ringbuf.js to a counting worker", timesFaster: 6 },
  ],
  allocationFree: ["observe to aggregated"],
  verify: async () => {
    const { snapshot: { metrics: [{ series }], meta } } = await client.request("close", undefined);
    await client.end();
    await CountedRing.end();
    const recorded = series.reduce((total, it) => total + ("count" in it ? it.count : 0), 0);
    assertEquals(recorded, observed, "a record is missing");
    assertEquals(meta.dropped, 0, "records were dropped");
    assertEquals(plainProducer.counts[Count.dropped], 0, "records were dropped");
  },
};

/** The bench. */
export const ladders: Ladders = { pipeline: () => ladder };

await registerBenches(ladders);
