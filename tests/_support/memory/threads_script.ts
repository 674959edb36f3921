/**
 * Threads that come and go: attaches to its own metrics and leaves them, again and again. Prints its largest resident
 * memory and what was counted.
 *
 * @module
 */

import { attachMetrics, createMetrics } from "../../../mod.ts";

const [cycles] = Deno.args.map(Number);
const RECORDS = 2_000;

await using metrics = createMetrics();
await metrics.ready;
let rssBytesMax = 0;
for (let cycle = 0; cycle < cycles; cycle++) {
  const attached = await attachMetrics(metrics.connect());
  attached.counter("cycles_total").inc();
  const histogram = attached.histogram("sizes");
  for (let i = 0; i < RECORDS; i++) histogram.observe(i);
  await attached.close();
  if (cycle % 10 === 0) rssBytesMax = Math.max(rssBytesMax, Deno.memoryUsage().rss);
}
console.log(JSON.stringify({ rssBytesMax, text: await metrics.scrape() }));
