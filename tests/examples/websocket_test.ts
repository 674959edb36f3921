import { assertEquals } from "@std/assert";
import { Program } from "../_support/cli/program.ts";
import { optionsInGuide, outputInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/websocket/main.ts";

Deno.test("websocket main prints the guide's numbers of both ends of its connection, then ends by itself", async () => {
  await using program = new Program(MAIN, [], { permissions: await optionsInGuide(MAIN) });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  // Either end may close first.
  assertEquals(lines.toSorted(), (await outputInGuide(MAIN)).toSorted());
});
