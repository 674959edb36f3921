/**
 * Timings with the `ffi` clock, see `timer_ladder.ts`.
 *
 * @module
 */

import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";
import { timerLadder } from "./timer_ladder.ts";

const ladder: Ladder = await timerLadder("ffi");

/** The bench. */
export const ladders: Ladders = { timer_ffi: () => ladder };

await registerBenches(ladders);
