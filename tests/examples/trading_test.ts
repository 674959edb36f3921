import { assertEquals } from "@std/assert";
import { pollText, Program, valueOf } from "../_support/cli/program.ts";

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
