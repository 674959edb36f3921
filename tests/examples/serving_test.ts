import { assertEquals, assertGreater } from "@std/assert";
import { pollText, Program, valueOf } from "../_support/cli/program.ts";
import { optionsInGuide, outputInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/serving/main.ts";

Deno.test("serving main answers scrapes while its main thread is busy, then ends", async () => {
  await using program = new Program(MAIN, ["0", "2"], { permissions: await optionsInGuide(MAIN) });
  const url = await program.url();
  // Only the busy loop adds rounds, so an answer with more of them was sent while it ran.
  const roundsAfter = async (before: number) => {
    const text = await pollText(`${url}/metrics`, (text) => valueOf(text, "busy_rounds_total") > before);
    return valueOf(text, "busy_rounds_total");
  };
  const first = await roundsAfter(0);
  const second = await roundsAfter(first);
  assertGreater(second, first);
  const [, free] = await outputInGuide(MAIN);
  assertEquals(await program.line(), free);
  assertEquals(await program.stop("SIGTERM"), { code: 0, lines: [], errors: "" });
});
