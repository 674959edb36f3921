/**
 * The trading demo with a venue that becomes slow when it gets SIGUSR2, and quick again with the next one.
 *
 * @module
 */

import { startTrading } from "../../../examples/trading/start_trading.ts";
import { createMetrics } from "../../../mod.ts";
import { serveMetrics } from "../../../src/server.ts";

const QUICK_MS = 1;
/** Beyond the critical threshold of `order_execution`. */
const SLOW_MS = 800;

if (import.meta.main) {
  await using metrics = createMetrics({ runtime: true });
  await using server = await serveMetrics(metrics, { port: 0 });
  let latencyMs = QUICK_MS;
  Deno.addSignalListener("SIGUSR2", () => latencyMs = latencyMs === QUICK_MS ? SLOW_MS : QUICK_MS);
  const trading = startTrading(metrics, { latencyMs: () => latencyMs });
  console.log(`Trading at ${server.url}`);
  await new Promise<void>((resolve) => Deno.addSignalListener("SIGTERM", () => resolve()));
  await trading.stop();
}
