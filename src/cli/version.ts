/**
 * `hotpath version`: the version of this program.
 *
 * @module
 */

import manifest from "../../deno.json" with { type: "json" };
import type { Command } from "./command.ts";

/** The command. */
export const VERSION: Command = {
  name: "version",
  summary: "print the version",
  description: "Prints the version.",
  flags: [],
  run: () => console.log(manifest.version),
};
