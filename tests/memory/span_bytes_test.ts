import { assertEquals, assertGreater, assertLess } from "@std/assert";
import { Program } from "../_support/cli/program.ts";

Deno.test("a span counts 1.8 times what it takes of the heap, because so much of it is garbage before a collection", async () => {
  await using program = new Program("tests/_support/memory/span_bytes_script.ts", [], {
    permissions: ["--allow-read=.", "--v8-flags=--expose-gc"],
  });
  const { took, counted, counts } = JSON.parse(await program.line() ?? "null");
  assertEquals([counts.spans, counts.evictedTraces], [500 * 250, 0]);
  const ratio = counted / took;
  assertGreater(ratio, 1.65, `a span takes ${took} bytes, and ${counted} are counted`);
  assertLess(ratio, 2.1, `a span takes ${took} bytes, and ${counted} are counted`);
});
