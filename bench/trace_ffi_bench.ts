/**
 * What tracing adds to timings with the `ffi` clock, see `trace_ladder.ts`.
 *
 * @module
 */

import { type Ladder, registerBenches } from "./harness.ts";
import { traceLadder } from "./trace_ladder.ts";

/** The ladder. */
export const ladder: Ladder = await traceLadder("ffi");

registerBenches(ladder);
