/**
 * Labels at each call among those of other families, see `labelled_ladder.ts`.
 *
 * @module
 */

import { type Ladder, registerBenches } from "./harness.ts";
import { labelledLadder } from "./labelled_ladder.ts";

/** The ladder. */
export const ladder: Ladder = await labelledLadder(true, 2.5);

registerBenches(ladder);
