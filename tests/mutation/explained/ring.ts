import type { Explanation } from "./explained.ts";

/** Mutants of `src/ring/` that survive. */
export const RING: readonly Explanation[] = [];
