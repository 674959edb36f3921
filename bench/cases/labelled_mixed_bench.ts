/**
 * Labels at each call among those of other families, see `labelled_ladder.ts`.
 *
 * @module
 */

import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";
import { labelledLadder } from "./labelled_ladder.ts";

const ladder: Ladder = await labelledLadder(true, 2.5);

/** The bench. */
export const ladders: Ladders = { labelled_mixed: () => ladder };

await registerBenches(ladders);
