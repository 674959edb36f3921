/**
 * As many traces as a program can make in a while, each with as many stages as are kept. Prints its largest resident
 * memory and the totals.
 *
 * @module
 */

import { createMetrics } from "../../../mod.ts";

const [traces] = Deno.args.map(Number);
const STAGES = 250;
/** So that the ring takes all of them. */
const TRACES_A_TURN = 40;

await using metrics = createMetrics();
await metrics.ready;
const stage = metrics.timer("stage");
let rssBytesMax = 0;
for (let i = 0; i < traces; i++) {
  metrics.trace.run({ name: "turn" }, () => {
    for (let at = 1; at < STAGES; at++) stage.observe(at / 1_000);
  });
  if (i % TRACES_A_TURN !== 0) continue;
  await metrics.flush();
  rssBytesMax = Math.max(rssBytesMax, Deno.memoryUsage().rss);
}
const { counts } = await metrics.listTraces();
console.log(JSON.stringify({ rssBytesMax, counts }));
