/**
 * Sampling with the `performance` clock, see `sampling_ladder.ts`.
 *
 * @module
 */

import { type Ladder, registerBenches } from "./harness.ts";
import { samplingLadder } from "./sampling_ladder.ts";

/** The ladder. */
export const ladder: Ladder = await samplingLadder("performance");

registerBenches(ladder);
