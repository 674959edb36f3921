/**
 * Permanent overload: a producer that never waits, many rings full in one go, and the aggregator in its worker, for
 * both policies of a full ring. Records are lost here by intention; what must hold is that each is accounted for, and
 * that the aggregator still gets a good share: a reader that always comes too late would get none.
 *
 * Does not measure how fast the aggregator is when nothing is lost: see `pipeline_bench.ts`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { createMetrics, type Metrics } from "@hotpath/metrics";
import { type Case, type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

/** Sixty-four default rings, so that what is left in the ring at the end hardly counts. */
const BURST = 131_072 * 64;
const TURN = HANDLES - 1;
const SHARE_PROMISED = 0.3;
const POLICIES = ["overwrite-oldest", "drop-newest"] as const;

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
      burst: BURST,
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

const overloaded = await Promise.all(POLICIES.map((policy) => new Overloaded(policy).start()));

const ladder: Ladder = {
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

/** The bench. */
export const ladders: Ladders = { overload: () => ladder };

await registerBenches(ladders);
