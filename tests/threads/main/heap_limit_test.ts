import { assertEquals } from "@std/assert";
import { Worker } from "node:worker_threads";
import { heapLimitMb } from "../../../src/threads/main/heap_limit.ts";

Deno.test("heapLimitMb has room for what is kept by default, and is low enough for V8 to collect early", () => {
  assertEquals(heapLimitMb({ seriesMax: 10_000, windows: 4, traceBytesMax: 2 ** 26 }), 672);
  assertEquals(heapLimitMb({ seriesMax: 1, windows: 0, traceBytesMax: 2 ** 20 }), 258);
});

Deno.test("heapLimitMb leaves the limit to V8 where much more is to be kept", () => {
  assertEquals(heapLimitMb({ seriesMax: 1_000_000, windows: 0, traceBytesMax: 2 ** 26 }), undefined);
  assertEquals(heapLimitMb({ seriesMax: 10_000, windows: 4, traceBytesMax: 2 ** 32 }), undefined);
});

Deno.test("a worker of Deno's that reaches its heap limit ends alone, with an error", async () => {
  const source = "const kept = []; for (;;) kept.push({ text: `a${kept.length}` });";
  const worker = new Worker(source, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });
  const error = await new Promise<Error>((resolve) => worker.on("error", resolve));
  await worker.terminate();
  assertEquals("code" in error && error.code, "ERR_WORKER_OUT_OF_MEMORY");
});
