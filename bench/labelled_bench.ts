/**
 * Labels at each call where they are of one shape, see `labelled_ladder.ts`.
 *
 * @module
 */

import { type Ladder, registerBenches } from "./harness.ts";
import { labelledLadder } from "./labelled_ladder.ts";

/** The ladder. */
export const ladder: Ladder = await labelledLadder(false, 4.5);

registerBenches(ladder);
