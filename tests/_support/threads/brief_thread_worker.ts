/**
 * A thread that attaches, counts once, closes, and signals this in shared memory.
 *
 * @module
 */

import { attachMetrics, type MetricsPort } from "../../../mod.ts";
import { Spin } from "./thread.ts";

interface Start {
  readonly port: MetricsPort;
  readonly words: SharedArrayBuffer;
}

globalThis.addEventListener("message", async (event) => {
  const { port, words } = (event as MessageEvent<Start>).data;
  const metrics = await attachMetrics(port);
  metrics.counter("orders_total", { labels: ["id"] }).with({ id: "brief" }).inc();
  await metrics.close();
  const spin = new Spin(words);
  Atomics.add(spin.words, 1, 1);
  Atomics.notify(spin.words, 1);
  globalThis.close();
});
