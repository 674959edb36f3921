/**
 * Check of the definitions: instruments that threads define differently.
 *
 * @module
 */

import type { BuiltInCheck } from "./built_in_check.ts";
import { degradedBy } from "./finding.ts";

/** Check of clashes. It has no alert, because no metric counts clashes. */
export const clashes: BuiltInCheck<boolean> = {
  key: "clashes",
  fallback: true,
  judge(inputs) {
    const found = inputs.clashes();
    return degradedBy(found.length === 0 ? undefined : found.join("; "), found.length);
  },
};
