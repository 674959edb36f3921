import type { Explanation } from "./explained.ts";

/** Mutants of `src/encode/` that survive. */
export const ENCODE: readonly Explanation[] = [];
