import { assertEquals } from "@std/assert";
import { Program } from "../_support/cli/program.ts";
import { optionsInGuide, outputInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/health/main.ts";

Deno.test("health main prints the guide's changes and answers of its probes, then ends by itself", async () => {
  await using program = new Program(MAIN, ["0"], { permissions: await optionsInGuide(MAIN) });
  assertEquals(await program.end(), { code: 0, lines: await outputInGuide(MAIN), errors: "" });
});
