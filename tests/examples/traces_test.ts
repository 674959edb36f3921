import { assertEquals } from "@std/assert";
import { Program } from "../_support/cli/program.ts";
import { optionsInGuide, outputInGuide } from "../_support/examples/guide.ts";
import { OtlpReceiver } from "../_support/keep/push/otlp_receiver.ts";

const HTTP = "examples/traces/http.ts";
const THREADS = "examples/traces/threads.ts";

Deno.test("traces http prints the guide's stages of two requests, and exports them", async () => {
  await using collector = new OtlpReceiver();
  await using program = new Program(HTTP, [collector.url], { permissions: await optionsInGuide(HTTP) });
  assertEquals(await program.end(), { code: 0, lines: await outputInGuide(HTTP), errors: "" });
  assertEquals(collector.spans.length, 8);
  assertEquals(new Set(collector.spans.map(({ traceId }) => traceId)).size, 2);
});

Deno.test("traces threads prints the guide's stages of an order that three threads made, and exports them", async () => {
  await using collector = new OtlpReceiver();
  const permissions = [...await optionsInGuide(THREADS), "--allow-net=127.0.0.1"];
  await using program = new Program(THREADS, [collector.url], { permissions });
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  assertEquals(stagesOf(lines), stagesOf(await outputInGuide(THREADS)));
  assertEquals(collector.spans.length, 6);
  assertEquals(new Set(collector.spans.map(({ traceId }) => traceId)).size, 1);
});

/** Lines without their times. */
function stagesOf(lines: readonly string[]): string[] {
  return lines.map((line) => line.split(":")[0]);
}
