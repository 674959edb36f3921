import { assertEquals } from "@std/assert";
import { MOD, runScript } from "../_support/subprocess.ts";

Deno.test("createMetrics reads no variable where there is no Deno, and still works", async () => {
  const source = `const { log } = console;
    const { createMetrics } = await import("${MOD}");
    delete globalThis.Deno;
    const metrics = createMetrics({ aggregation: "inline" });
    metrics.counter("orders_total").inc(7);
    const { metrics: [{ series: [{ value }] }] } = await metrics.snapshot();
    log(typeof Deno, value);
    await metrics.close();`;
  const env = { METRICS_BUFFER_SIZE: "lots" };
  const { code, stdout, stderr } = await runScript(source, ["--allow-read", "--allow-env"], env);
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "undefined 7\n", stderr: "" });
});

Deno.test("createMetrics refuses a bad variable of the program's own environment", async () => {
  const source = `const { createMetrics } = await import("${MOD}");
    try { createMetrics(); } catch (error) { console.log(String(error)); }`;
  const env = { METRICS_BUFFER_SIZE: "lots" };
  const { stdout } = await runScript(source, ["--allow-read", "--allow-env=METRICS_*"], env);
  const rule = "METRICS_BUFFER_SIZE in the environment must be a whole number from 64 to 16777216";
  assertEquals(stdout, `TypeError: Cannot create metrics: ${rule}, got "lots"\n`);
  // Nothing of it is looked at without the permission.
  assertEquals(await runScript(source, ["--allow-read"], env), { code: 0, stdout: "", stderr: "" });
});
