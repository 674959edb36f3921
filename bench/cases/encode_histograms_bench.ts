/**
 * Writing 10,000 histograms of eleven classic buckets, see `encode_ladder.ts`.
 *
 * @module
 */

import { encodeLadder } from "./encode_ladder.ts";
import { BUCKETS, HISTOGRAM, LABEL_NAMES, labelsOf, storeOfHistograms, valueOf, VALUES } from "../lib/encode_series.ts";
import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";

const HISTOGRAMS = 10_000;

const ladder: Ladder = encodeLadder({
  title: "encode histograms",
  name: "10,000 histograms",
  series: HISTOGRAMS,
  store: storeOfHistograms(HISTOGRAMS),
  createPeer: async () => {
    const { Histogram, Registry } = await import("prom-client");
    const registry = new Registry();
    const options = { labelNames: [...LABEL_NAMES], buckets: [...BUCKETS], registers: [registry] };
    const histogram = new Histogram({ ...HISTOGRAM, ...options });
    for (let i = 0; i < HISTOGRAMS; i++) {
      for (let k = 0; k < VALUES; k++) histogram.observe(labelsOf(i), valueOf(i, k));
    }
    return registry;
  },
  timesFaster: 5,
  isAllocationFree: false,
});

/** The bench. */
export const ladders: Ladders = { encode_histograms: () => ladder };

await registerBenches(ladders);
