/**
 * From one recording thread to the aggregator in its worker. `pipeline`: the sustained rate with everything aggregated and
 * nothing lost, beside a ring of Hotpath's and one of ringbuf.js, each drained by a worker that only counts; all producers
 * wait while their ring is full. `overload`: a producer that never waits, 64 default rings in one go, for both policies of
 * a full ring. Records are dropped there by intention; each must be accounted for, and the aggregator must still receive a
 * good share: a reader that always comes too late would receive none.
 *
 * Does not measure a push alone (`ring_bench.ts`), nor the steps of a drain (`drain_bench.ts`).
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { RingBuffer } from "ringbuf.js";
import { createMetrics, type Metrics } from "@hotpath/metrics";
import { resolveOptions } from "../../src/config/options.ts";
import { RingHistogram } from "../../src/instrument/histogram.ts";
import { REJECTED_REASONS } from "../../src/instrument/rejected.ts";
import { define } from "../../src/instrument/definition.ts";
import { Recorder } from "../../src/record/recorder.ts";
import { createThreadMemory } from "../../src/record/thread_memory.ts";
import { createDoorbell, Doorbell } from "../../src/ring/doorbell.ts";
import { Count, createRing, Kind, tagOf } from "../../src/ring/layout.ts";
import { createSettingsBuffer } from "../../src/ring/settings_memory.ts";
import { SharedSettings } from "../../src/ring/shared_settings.ts";
import { Producer } from "../../src/ring/producer.ts";
import { WorkerClient } from "../../src/threads/main/worker_client.ts";
import { CountedRing, RECORD_LENGTH } from "../lib/counted_ring.ts";
import { registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";
import { eachLabelSet, HANDLES, LABELS, logNormal } from "../lib/workload.ts";

const CAPACITY = 131_072;
/** Thirty-two rings full, so that the rate is that of the slower side. */
const PIPELINE_BURST = CAPACITY * 32;
/** Sixty-four, so that what is left in the ring at the end hardly counts. */
const OVERLOAD_BURST = CAPACITY * 64;
/** Records between two looks at the room that is left. */
const STRIDE = 4_096;
const TURN = HANDLES - 1;
const SHARE_PROMISED = 0.3;
const POLICIES = ["overwrite-oldest", "drop-newest"] as const;

/** A recorder of this thread, and the aggregator in its worker that drains its ring. */
async function startAggregator(): Promise<{ readonly recorder: Recorder; readonly client: WorkerClient }> {
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
    announce: (announced) => client.announce(announced),
  });
  return { recorder, client };
}

/** Everything aggregated and nothing lost. */
async function pipelineLadder(): Promise<Ladder> {
  const { recorder, client } = await startAggregator();
  const instrument = recorder.define(define("histogram", "message_bytes", { unit: "bytes", labels: LABELS }));
  const histograms = eachLabelSet((labels) => new RingHistogram(recorder, instrument, Object.values(labels), false));
  const { producer } = recorder;
  const values = logNormal(STRIDE, 1);
  let observed = 0;

  const plainRing = createRing(CAPACITY, true);
  const plainProducer = new Producer(plainRing, new Doorbell(createDoorbell(true)), "overwrite-oldest");
  const counted = new CountedRing("hotpath", plainRing);

  const peerStorage = RingBuffer.getStorageForCapacity(CAPACITY * RECORD_LENGTH, Float64Array);
  const peer = new RingBuffer(peerStorage, Float64Array);
  const peerRecord = new Float64Array(RECORD_LENGTH);
  const peerCounted = new CountedRing("ringbuf.js", peerStorage);
  const tags = Float64Array.from({ length: TURN + 1 }, (_, series) => tagOf(series, Kind.value));

  return {
    name: "one producer to the aggregator",
    cases: [
      {
        name: "observe to aggregated",
        burst: PIPELINE_BURST,
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
        burst: PIPELINE_BURST,
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
        burst: PIPELINE_BURST,
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
}

/** Metrics under overload. */
class Overloaded {
  readonly policy: (typeof POLICIES)[number];
  readonly #metrics: Metrics;
  readonly #histograms;
  #offered = 0;
  /** The share that arrived, known once it is verified. */
  share = NaN;

  constructor(policy: (typeof POLICIES)[number]) {
    this.policy = policy;
    this.#metrics = createMetrics({ clock: "performance", overflow: policy });
    const family = this.#metrics.histogram("message_bytes", { unit: "bytes", labels: LABELS });
    this.#histograms = eachLabelSet((labels) => family.with(labels));
  }

  async start(): Promise<this> {
    await this.#metrics.ready;
    return this;
  }

  case(): Case {
    return {
      name: `observe, ${this.policy}`,
      burst: OVERLOAD_BURST,
      run: (count) => {
        this.#offered += count;
        const histograms = this.#histograms;
        for (let i = 0; i < count; i++) histograms[i & TURN].observe(i);
      },
      settle: () => this.#metrics.flush(),
    };
  }

  /** Compares what was offered with what the aggregator and the ring say of it. */
  async verify(): Promise<string> {
    const { metrics: [{ series }], meta } = await this.#metrics.snapshot();
    const counted = series.reduce((total, it) => total + ("count" in it ? it.count : 0), 0);
    assertEquals(counted, meta.recorded, `${this.policy}: a record is in no series`);
    assertEquals(meta.recorded + meta.dropped, this.#offered, `${this.policy}: a record is neither there nor counted`);
    await this.#metrics.close();
    this.share = meta.recorded / this.#offered;
    const percent = (this.share * 100).toFixed(1);
    return `${this.policy}: ${percent} % of ${this.#offered} records arrived, the others are counted as dropped`;
  }
}

/** More than can be aggregated. */
async function overloadLadder(): Promise<Ladder> {
  const overloaded = await Promise.all(POLICIES.map((policy) => new Overloaded(policy).start()));
  return {
    name: "permanent overload",
    cases: overloaded.map((each) => each.case()),
    targets: [],
    allocationFree: overloaded.map((each) => each.case().name),
    verify: () => Promise.all(overloaded.map((each) => each.verify())),
    judge: () =>
      overloaded.filter(({ share }) => !(share >= SHARE_PROMISED)).map(({ policy, share }) =>
        `${policy}: a share of ${share.toFixed(2)} arrived, promised ${SHARE_PROMISED}`
      ),
  };
}

/** The benches. */
export const ladders: Ladders = { pipeline: pipelineLadder, overload: overloadLadder };

await registerBenches(ladders);
