import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { Program, valueOf } from "../_support/cli/program.ts";
import { optionsInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/runtime/main.ts";

Deno.test("runtime main prints what it saw of itself, and what it may not see, then ends by itself", async () => {
  await using program = new Program(MAIN, ["20"], { permissions: await optionsInGuide(MAIN) });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  const text = lines.join("\n");
  for (const name of ["process_resident_memory_bytes", 'deno_heap_used_bytes{thread="main"}']) {
    assertGreater(valueOf(text, name), 0, name);
  }
  assertGreater(valueOf(text, 'deno_eventloop_lag_seconds_count{thread="main"}'), 0);
  assert(lines.some((line) => line.startsWith('deno_gc_duration_seconds_count{kind="minor"')), text);
  assertStringIncludes(text, "process_open_fds needs ");
});
