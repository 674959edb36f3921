/**
 * What the runtime's collectors, all of them on, cost the thread that they observe: in a loop that allocates, where each
 * garbage collection is recorded twice, and while the thread has nothing to do, where the event loop's timer wakes it.
 *
 * A collector observes the whole isolate, so metrics are made before a burst and closed after it, untimed. The allocating
 * loop yields to the event loop every few milliseconds, as programs do, so that timers run and profilers take turns. For
 * the idle thread the CPU time of the process counts, with that of the aggregator's thread; the wait is as long either way.
 *
 * Does not measure loading `node:v8`, which happens once, in the first `createMetrics` that needs it.
 *
 * @module
 */

import { cpuUsage } from "node:process";
import { setImmediate } from "node:timers";
import { assertEquals, assertGreater } from "@std/assert";
import { createMetrics, type Metrics } from "@hotpath/metrics";
import { median, registerBenches } from "../lib/harness.ts";
import type { Case, Ladder, Ladders } from "../lib/ladder.ts";

/** Objects that an operation allocates. */
const OBJECTS = 64;
const BURST = 40_000;
/** Operations between two rests. */
const STRIDE = 400;
/** Objects that live on for a while, so that a collection has something to do. */
const KEPT = 4_096;
const IDLE_MS = 100;
const IDLE_SHARE_PROMISED = 0.08;

/** Metrics that are made for each burst, with or without collectors. */
class Subject {
  readonly name: string;
  readonly #runtime: boolean;
  #metrics: Metrics | undefined;
  /** CPU time over waiting time, by idle burst. */
  readonly idleShares: number[] = [];
  dropped = 0;
  collections = 0;
  samples = 0;

  constructor(name: string, runtime: boolean) {
    this.name = name;
    this.#runtime = runtime;
  }

  allocating(): Case {
    return {
      name: `allocate ${OBJECTS} objects, ${this.name}`,
      burst: BURST,
      isIndivisible: true,
      prepare: () => this.#start(),
      run: (count) => allocate(count),
      settle: () => this.#end(),
    };
  }

  idle(): Case {
    return {
      name: `wait ${IDLE_MS} ms, ${this.name}`,
      burst: 1,
      prepare: () => this.#start(),
      run: async () => {
        const before = cpuUsage();
        await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
        const { user, system } = cpuUsage(before);
        this.idleShares.push((user + system) / 1_000 / IDLE_MS);
      },
      settle: () => this.#end(),
    };
  }

  async #start(): Promise<void> {
    this.#metrics = createMetrics({ runtime: this.#runtime });
    await this.#metrics.flush();
  }

  async #end(): Promise<void> {
    await this.#metrics?.close();
    const { metrics = [], meta } = await this.#metrics?.snapshot() ?? {};
    const countOf = (wanted: string) =>
      metrics.filter(({ name }) => name === wanted).flatMap<object>(({ series }) => series)
        .reduce((total, series) => total + ("count" in series ? series.count as number : 0), 0);
    this.dropped += meta?.dropped ?? 0;
    this.collections += countOf("deno_gc_duration_seconds");
    this.samples += countOf("deno_eventloop_lag_seconds");
  }
}

const kept: object[] = new Array(KEPT);

async function allocate(count: number): Promise<void> {
  for (let from = 0; from < count; from += STRIDE) {
    const to = Math.min(count, from + STRIDE);
    for (let i = from; i < to; i++) {
      for (let j = 0; j < OBJECTS; j++) {
        const object = { i, j };
        if (j === 0) kept[i % KEPT] = object;
      }
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

const off = new Subject("collectors off", false);
const on = new Subject("collectors on", true);

function idleShareAdded(): number {
  return median(on.idleShares) - median(off.idleShares);
}

const ladder: Ladder = {
  name: "the runtime's collectors",
  cases: [off.allocating(), on.allocating(), off.idle(), on.idle()],
  targets: [{ name: on.allocating().name, reference: off.allocating().name, timesFaster: 0.9 }],
  verify: () => {
    assertEquals([off.dropped, on.dropped], [0, 0], "records were dropped");
    assertEquals([off.collections, off.samples], [0, 0], "something was collected while it was off");
    assertGreater(on.collections, 0, "no collection was seen");
    assertGreater(on.samples, 0, "no lag was seen");
    const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
    return Promise.resolve([
      `${on.collections} collections and ${on.samples} lags were seen`,
      `an idle program takes ${percent(median(off.idleShares))} of a core, ${percent(idleShareAdded())} more with them`,
    ]);
  },
  judge: () => {
    const added = idleShareAdded();
    return added < IDLE_SHARE_PROMISED
      ? []
      : [`an idle program takes ${added.toFixed(3)} of a core more, promised ${IDLE_SHARE_PROMISED}`];
  },
};

/** The bench. */
export const ladders: Ladders = { runtime: () => ladder };

await registerBenches(ladders);
