import type { Explanation } from "./explained.ts";

/** Mutants of `src/aggregate/drain/` that survive. */
export const DRAIN: readonly Explanation[] = [];
