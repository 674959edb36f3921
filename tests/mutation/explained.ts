/**
 * Mutants that survive because they change nothing that a test could or should see, each with the reason. The texts are
 * as `deno task mutate --list` shows them.
 *
 * @module
 */

/** One entry; it covers all mutants of the file with these texts. */
export interface Explanation {
  readonly file: string;
  readonly original: string;
  readonly mutant: string;
  readonly reason: string;
}

/** All of them, by file. */
export const EXPLAINED: readonly Explanation[] = [];
