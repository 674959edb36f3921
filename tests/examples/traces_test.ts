import { assertEquals } from "@std/assert";
import { OtlpReceiver } from "../_support/keep/push/otlp_receiver.ts";
import { Program } from "../_support/cli/program.ts";
import { optionsInGuide } from "../_support/examples/guide.ts";

const MAIN = "examples/traces/main.ts";

Deno.test("traces main prints the stages of an order that three threads made, and exports them", async () => {
  await using collector = new OtlpReceiver();
  const permissions = [...await optionsInGuide(MAIN), "--allow-net=127.0.0.1"];
  await using program = new Program(MAIN, [collector.url], { permissions });
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
