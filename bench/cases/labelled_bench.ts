/**
 * Labels at each call where they are of one shape, see `labelled_ladder.ts`.
 *
 * @module
 */

import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";
import { labelledLadder } from "./labelled_ladder.ts";

const ladder: Ladder = await labelledLadder(false, 4.5);

/** The bench. */
export const ladders: Ladders = { labelled: () => ladder };

await registerBenches(ladders);
