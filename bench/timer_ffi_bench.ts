/**
 * Timings with the `ffi` clock, see `timer_ladder.ts`.
 *
 * @module
 */

import { type Ladder, registerBenches } from "./harness.ts";
import { timerLadder } from "./timer_ladder.ts";

/** The ladder. */
export const ladder: Ladder = await timerLadder("ffi");

registerBenches(ladder);
