/**
 * Sampling with the `ffi` clock, see `sampling_ladder.ts`. Promises no ratio: a recorded timing costs so little here
 * that the loop around a skipped one is a good part of what is measured.
 *
 * @module
 */

import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";
import { samplingLadder } from "./sampling_ladder.ts";

const ladder: Ladder = await samplingLadder("ffi");

/** The bench. */
export const ladders: Ladders = { sampling_ffi: () => ladder };

await registerBenches(ladders);
