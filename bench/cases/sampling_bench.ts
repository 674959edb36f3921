/**
 * Sampling with the `performance` clock, see `sampling_ladder.ts`.
 *
 * @module
 */

import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";
import { samplingLadder } from "./sampling_ladder.ts";

const ladder: Ladder = await samplingLadder("performance");

/** The bench. */
export const ladders: Ladders = { sampling: () => ladder };

await registerBenches(ladders);
