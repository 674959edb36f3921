/**
 * Rules as YAML.
 *
 * @module
 */

import { stringify } from "@std/yaml/stringify";
import type { RuleFile } from "./rule_file.ts";

const HEAD = "# Written by hotpath rules. Change what the program defines, and write it again.\n";

/** The text of a file of rules. */
export function writeRules(file: RuleFile): string {
  // Expressions stay on one line, so that they can be searched for, and no rule refers to another.
  return HEAD + stringify(file, { lineWidth: -1, useAnchors: false });
}
