import type { Explanation } from "./explained.ts";

/** Mutants of `src/record/` that survive. */
export const RECORD: readonly Explanation[] = [];
