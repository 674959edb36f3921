import { assertEquals } from "@std/assert";
import { Program } from "../_support/cli/program.ts";
import { optionsInGuide, outputInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/connections/main.ts";

Deno.test("connections main prints the guide's object and the same numbers as scraped, then ends by itself", async () => {
  await using program = new Program(MAIN, [], { permissions: await optionsInGuide(MAIN) });
  assertEquals(await program.end(), { code: 0, lines: await outputInGuide(MAIN), errors: "" });
});
