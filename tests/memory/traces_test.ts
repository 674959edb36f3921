import { assertEquals, assertLess } from "@std/assert";
import { Program } from "../_support/cli/program.ts";

const TRACES = 4_000;
/** Some 120 MB are there without traces. */
const RSS_BYTES_MAX = 270 * 1024 ** 2;

Deno.test("a million spans take no more memory than their bound and what a collection leaves for the next", async () => {
  await using program = new Program("tests/_support/memory/traces_script.ts", [String(TRACES)]);
  const { rssBytesMax, counts } = JSON.parse(await program.line() ?? "null");
  assertEquals([counts.spans, counts.droppedSpans.orphaned], [TRACES * 250, 0]);
  assertLess(rssBytesMax, RSS_BYTES_MAX);
});
