/**
 * Timings with the `performance` clock, see `timer_ladder.ts`.
 *
 * @module
 */

import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";
import { timerLadder } from "./timer_ladder.ts";

const ladder: Ladder = await timerLadder("performance");

/** The bench. */
export const ladders: Ladders = { timer_performance: () => ladder };

await registerBenches(ladders);
