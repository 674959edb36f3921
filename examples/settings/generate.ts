/**
 * Generates the settings reference and the JSON Schema of configuration files from the settings table.
 *
 * Run it with `deno task settings`.
 *
 * @module
 */

import { writeReference } from "./reference.ts";
import { buildSchema } from "./schema.ts";

/** Returns the text of each file. */
export function generate(): Readonly<Record<"REFERENCE.md" | "hotpath.schema.json", string>> {
  return { "REFERENCE.md": writeReference(), "hotpath.schema.json": `${JSON.stringify(buildSchema(), null, 2)}\n` };
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(generate())) {
    await Deno.writeTextFile(new URL(name, import.meta.url), text);
  }
}
