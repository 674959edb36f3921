import { assertLess, assertStringIncludes } from "@std/assert";
import { Program } from "../_support/cli/program.ts";

const CYCLES = 600;
const RSS_BYTES_MAX = 200 * 1024 ** 2;

Deno.test("threads that come and go take no memory with them", async () => {
  await using program = new Program("tests/_support/memory/threads_script.ts", [String(CYCLES)]);
  const { rssBytesMax, text } = JSON.parse(await program.line() ?? "null");
  assertStringIncludes(text, `\ncycles_total ${CYCLES}\n`);
  assertStringIncludes(text, `\nsizes_count ${CYCLES * 2_000}\n`);
  assertLess(rssBytesMax, RSS_BYTES_MAX);
});
