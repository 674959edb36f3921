/**
 * Records and prints the scrape: run from an http origin by `remote_test.ts`, as from a registry.
 *
 * @module
 */

import { createMetrics } from "../../../mod.ts";

await using metrics = createMetrics();
await metrics.ready;
metrics.counter("orders_total", { labels: ["pair"] }).with({ pair: "BTC-USD" }).inc(7);
const sizes = metrics.histogram("message_bytes", { unit: "bytes" });
for (let i = 0; i < 100; i++) sizes.observe(512);
console.log(await metrics.scrape());
