import type { Explanation } from "./explained.ts";

/** Mutants of `src/sketch/` that survive. */
export const SKETCH: readonly Explanation[] = [];
