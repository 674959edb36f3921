/**
 * A counter whose labels are passed at each call, beside both ways that prom-client documents for it, and beside the
 * handle that `with` returns, kept. 64 label sets of three labels in turn, each an object literal at the call.
 *
 * V8 remembers where the labels are in the object as long as all objects have one shape. A program with several families
 * has several shapes, so there are two ladders: a family alone (`labelled`), and among families with other labels
 * (`labelled_mixed`).
 *
 * Does not measure the first call for a label set, which makes its series.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Counter, Registry } from "prom-client";
import { createMetrics, type Metrics } from "@hotpath/metrics";
import { registerBenches } from "../lib/harness.ts";
import type { Ladder, Ladders } from "../lib/ladder.ts";
import { type BenchLabels, eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

const BURST = 32_768;
const TURN = HANDLES - 1;
const OTHER_LABELS = [["queue"], ["topic", "partition"], ["route", "method", "status"], ["host", "device", "mode"]];

/**
 * The ladder.
 *
 * @param hasOtherFamilies Whether families with other labels are in use too
 * @param timesFaster What is promised against prom-client, either way
 */
async function labelledLadder(hasOtherFamilies: boolean, timesFaster: number): Promise<Ladder> {
  const labelSets: BenchLabels[] = eachLabelSet((labels) => labels);

  const metrics = createMetrics({ clock: "performance" });
  await metrics.ready;
  const labelled = metrics.counter("orders_total", { labels: LABELS });
  const bound = eachLabelSet((labels) => labelled.with(labels));
  let counted = 0;

  const peer = new Counter({ name: "orders_total", help: "orders", labelNames: LABELS, registers: [new Registry()] });
  let peerCounted = 0;
  const others = hasOtherFamilies ? otherFamilies(metrics) : [];
  return {
    name: hasOtherFamilies ? "labels at each call, among other families" : "labels at each call, one family",
    cases: [
      {
        name: "counter.inc, handle kept",
        burst: BURST,
        run: (count) => {
          counted += count;
          for (let i = 0; i < count; i++) bound[i & TURN].inc();
        },
      },
      {
        name: "with(labels).inc",
        burst: BURST,
        prepare: () => others.forEach((use) => use()),
        run: (count) => {
          counted += count;
          for (let i = 0; i < count; i++) {
            const { pair, side, type } = labelSets[i & TURN];
            labelled.with({ pair, side, type }).inc();
          }
        },
      },
      {
        name: "prom-client inc(labels, 1)",
        isReference: true,
        burst: BURST,
        run: (count) => {
          peerCounted += count;
          for (let i = 0; i < count; i++) {
            const { pair, side, type } = labelSets[i & TURN];
            peer.inc({ pair, side, type }, 1);
          }
        },
      },
      {
        name: "prom-client labels(labels).inc",
        isReference: true,
        burst: BURST,
        run: (count) => {
          peerCounted += count;
          for (let i = 0; i < count; i++) {
            const { pair, side, type } = labelSets[i & TURN];
            peer.labels({ pair, side, type }).inc();
          }
        },
      },
    ],
    // Against both, so that the faster of the two decides.
    targets: [
      { name: "with(labels).inc", reference: "prom-client inc(labels, 1)", timesFaster },
      { name: "with(labels).inc", reference: "prom-client labels(labels).inc", timesFaster },
      { name: "counter.inc, handle kept", reference: "with(labels).inc", timesFaster: 1 },
    ],
    allocationFree: ["counter.inc, handle kept"],
    verify: async () => {
      const { metrics: [{ series }] } = await metrics.snapshot();
      assertEquals(
        series.reduce((total, it) => total + ("value" in it ? it.value : 0), 0),
        counted,
        "a call is missing",
      );
      const { values } = await peer.get();
      assertEquals(values.reduce((total, { value }) => total + value, 0), peerCounted, "prom-client missed a call");
      await metrics.close();
    },
  };
}

/** Calls that use families with other labels, ours and the peer's, once for each of their label sets. */
function otherFamilies(metrics: Metrics): (() => void)[] {
  return OTHER_LABELS.map((names) => {
    const name = `${names.join("_")}_total`;
    const family = metrics.counter(name, { labels: names });
    const peer = new Counter({ name, help: name, labelNames: names, registers: [new Registry()] });
    const sets = Array.from(
      { length: HANDLES },
      (_, i) => Object.fromEntries(names.map((it) => [it, `${it}-${i & 7}`])),
    );
    return () => {
      for (const labels of sets) {
        family.with(labels).inc(0);
        peer.inc(labels, 1);
        peer.labels(labels).inc();
      }
    };
  });
}

/** The benches. */
export const ladders: Ladders = {
  labelled: () => labelledLadder(false, 4.5),
  labelled_mixed: () => labelledLadder(true, 2.5),
};

await registerBenches(ladders);
