/**
 * The trading demo as a separate program.
 *
 * Run it with `deno run --allow-read=. --allow-net=127.0.0.1 --allow-ffi examples/trading/main.ts [PORT] [--config FILE]`.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { readConfig } from "@hotpath/metrics/config";
import { serveMetrics } from "@hotpath/metrics/server";
import { parseArgs } from "@std/cli/parse-args";
import { startTrading } from "./start_trading.ts";

if (import.meta.main) {
  const { _: [port = 0], config } = parseArgs(Deno.args, { string: ["config"] });
  await using metrics = createMetrics({ config: typeof config === "string" ? await readConfig(config) : undefined });
  await using server = await serveMetrics(metrics, { port: Number(port) });
  const trading = startTrading(metrics);
  console.log(`Trading; look at ${server.url}/metrics and stop with Ctrl-C`);
  await interrupted();
  await trading.stop();
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => resolve());
  });
}
