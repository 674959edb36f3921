/**
 * What tracing adds to timings with the `ffi` clock, see `trace_ladder.ts`.
 *
 * @module
 */

import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";
import { traceLadder } from "./trace_ladder.ts";

const ladder: Ladder = await traceLadder("ffi");

/** The bench. */
export const ladders: Ladders = { trace_ffi: () => ladder };

await registerBenches(ladders);
