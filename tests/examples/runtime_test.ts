import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { Program, valueOf } from "../_support/cli/program.ts";
import { optionsInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/runtime/main.ts";

Deno.test("runtime main prints its own numbers and the permissions that others need, then ends by itself", async () => {
  await using program = new Program(MAIN, ["20"], { permissions: await optionsInGuide(MAIN) });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  const text = lines.join("\n");
  for (
    const name of ["process_cpu_seconds_total", "process_resident_memory_bytes", 'deno_heap_used_bytes{thread="main"}']
  ) {
    assertGreater(valueOf(text, name), 0, name);
  }
  const lag = 'deno_eventloop_lag_window_seconds{thread="main",window="1m",quantile="0.99"}';
  assertGreater(valueOf(text, lag), 0);
  assert(lines.some((line) => line.startsWith('deno_gc_duration_seconds_count{kind="minor"')), text);
  assertStringIncludes(text, "process_open_fds needs ");
});
