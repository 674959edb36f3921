/**
 * The trading demo as a program of its own.
 *
 * Run it with `deno run --allow-read=. --allow-net=127.0.0.1 --allow-ffi examples/trading/main.ts [PORT]`.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";
import { startTrading } from "./start_trading.ts";

if (import.meta.main) {
  await using metrics = createMetrics();
  await using server = await serveMetrics(metrics, { port: Number(Deno.args[0] ?? 0) });
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
