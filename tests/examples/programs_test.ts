import { assert, assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { OtlpReceiver } from "../_support/keep/push/otlp_receiver.ts";
import { freePort, pollText, Program, valueOf } from "../_support/cli/program.ts";

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`trading main trades until ${signal}`, async () => {
    await using program = new Program("examples/trading/main.ts", []);
    const url = await program.url();
    await pollText(`${url}/metrics`, (text) => valueOf(text, "order_fill_seconds_count") > 0);
    assertEquals(await program.stop(signal), { code: 0, lines: [], errors: "" });
  });
}

Deno.test("trading main takes its settings from a file", async () => {
  const args = ["0", "--config", "examples/trading/hotpath.yaml"];
  await using program = new Program("examples/trading/main.ts", args);
  const url = await program.url();
  const bounds = (text: string) => [...text.matchAll(/order_fill_seconds_bucket\{le="([^"]+)"/g)].map(([, le]) => le);
  const text = await pollText(`${url}/metrics`, (text) => bounds(text).length > 0);
  assertEquals(bounds(text), ["0.0001", "0.001", "0.005", "0.01", "0.05", "0.1", "1", "+Inf"]);
  const { drainIntervalMs } = await (await fetch(`${url}/diagnostics/performance`)).json();
  assertEquals(drainIntervalMs, 50);
  await program.stop("SIGINT");
});

Deno.test("tiered_cache does without a Redis that does not answer, and counts its errors", async () => {
  const permissions = ["--allow-read=.", "--allow-net=127.0.0.1", "--allow-ffi"];
  const redisUrl = `redis://127.0.0.1:${freePort()}`;
  await using program = new Program("examples/caches/main.ts", [redisUrl, "BTC-USD", "BTC-USD"], { permissions });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  const text = lines.join("\n");
  assertEquals(lines.slice(0, 2), ["BTC-USD 7000", "BTC-USD 7000"]);
  assertEquals(valueOf(text, 'cache_hits_total{cache="memory"}'), 1);
  assertEquals(valueOf(text, 'cache_hits_total{cache="redis"}'), 0);
  assertGreater(valueOf(text, 'cache_errors_total{cache="redis",operation="event"}'), 0);
});

Deno.test("runtime prints what it saw of itself, and what it may not see, then ends by itself", async () => {
  await using program = new Program("examples/runtime/main.ts", ["20"], { permissions: ["--allow-read=."] });
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

Deno.test("traces prints the stages of an order that three threads made, and exports them", async () => {
  await using collector = new OtlpReceiver();
  const permissions = ["--allow-read=.", "--allow-ffi", "--allow-net=127.0.0.1"];
  await using program = new Program("examples/traces/main.ts", [collector.url], { permissions });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  assertEquals(lines.map((line) => line.split(":")[0]), [
    "candle on main",
    "signal on worker-1",
    "signal_generation on worker-1",
    "handover on worker-2",
    "order on worker-2",
    "order_execution on worker-2",
    "end to end",
  ]);
  assertEquals(collector.spans.length, 6);
  assertEquals(new Set(collector.spans.map(({ traceId }) => traceId)).size, 1);
});
