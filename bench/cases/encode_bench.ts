/**
 * Writing 100,000 counters of two labels, see `encode_ladder.ts`.
 *
 * @module
 */

import { encodeLadder } from "./encode_ladder.ts";
import { COUNTER, countOf, LABEL_NAMES, labelsOf, storeOfCounters } from "../lib/encode_series.ts";
import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";

const COUNTERS = 100_000;

const ladder: Ladder = encodeLadder({
  title: "encode",
  name: "100,000 counters",
  series: COUNTERS,
  store: storeOfCounters(COUNTERS),
  createPeer: async () => {
    const { Counter, Registry } = await import("prom-client");
    const registry = new Registry();
    const counter = new Counter({ ...COUNTER, labelNames: [...LABEL_NAMES], registers: [registry] });
    for (let i = 0; i < COUNTERS; i++) counter.inc(labelsOf(i), countOf(i));
    return registry;
  },
  timesFaster: 8,
  isAllocationFree: true,
});

/** The bench. */
export const ladders: Ladders = { encode: () => ladder };

await registerBenches(ladders);
