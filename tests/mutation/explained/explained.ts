/**
 * Mutants that survive because they change nothing that a test could or should see, each with the reason: a file per
 * mutated folder. The texts are as `deno task mutate --list` shows them.
 *
 * @module
 */

import { DRAIN } from "./drain.ts";
import { ENCODE } from "./encode.ts";
import { RECORD } from "./record.ts";
import { RING } from "./ring.ts";
import { SKETCH } from "./sketch.ts";

/** One entry; it covers all mutants of the file with these texts. */
export interface Explanation {
  readonly file: string;
  readonly original: string;
  readonly mutant: string;
  readonly reason: string;
}

/** All of them. */
export const EXPLAINED: readonly Explanation[] = [...RING, ...RECORD, ...SKETCH, ...ENCODE, ...DRAIN];
