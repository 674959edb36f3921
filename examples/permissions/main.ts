/**
 * Tries every use of Hotpath that needs a permission, and prints what works and what is missing. It never prompts.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { readConfig } from "@hotpath/metrics/config";
import { writeSnapshots } from "@hotpath/metrics/export";
import { serveMetrics } from "@hotpath/metrics/server";

const [directory = "snapshots"] = Deno.args;

await using metrics = createMetrics({ aggregation: "inline" });
const jobs = metrics.counter("jobs", { help: "Jobs done" });

await attempt("record, aggregate inline", async () => {
  jobs.inc();
  await metrics.scrape();
});
await attempt("aggregate in a worker", async () => {
  const inWorker = createMetrics();
  await inWorker.ready;
  await inWorker.close();
});
await attempt("time with the ffi clock", async () => {
  await using precise = createMetrics({ aggregation: "inline", clock: "ffi" });
  precise.timer("job").span().end();
});
await attempt("serve", async () => {
  await using _server = await serveMetrics(metrics, { port: 0 });
});
await attempt("read variables", async () => {
  const { state } = await Deno.permissions.query({ name: "env", variable: "METRICS_ENABLED" });
  if (state !== "granted") throw new Error("run with --allow-env"); // Hotpath ignores the variable
});
await attempt("read a configuration file", () => readConfig("examples/trading/hotpath.yaml"));
await attempt("write snapshots", async () => {
  const files = writeSnapshots(metrics, { directory });
  await files.stop();
  if (files.state.lastError !== undefined) throw files.state.lastError;
});

async function attempt(use: string, run: () => unknown): Promise<void> {
  try {
    await run();
    console.log(`yes  ${use}`);
  } catch (error) {
    const [needed = error] = /--allow-[a-z]+/.exec(String(error)) ?? [];
    console.log(`no   ${use}: needs ${needed}`);
  }
}
