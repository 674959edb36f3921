/**
 * Metrics of the program itself: memory, CPU, garbage collection and event-loop lag. Makes some garbage, blocks the event
 * loop, and prints what was recorded, and what could not be.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";

const [blockedMs = "100"] = Deno.args;

await using metrics = createMetrics({ runtime: true });
await observed("deno_eventloop_lag_seconds"); // the event loop is watched from its first sample on
await observed("deno_gc_duration_seconds", makeGarbage);
block(Number(blockedMs));
await observed("deno_eventloop_lag_seconds");

const text = await metrics.scrape();
const wanted =
  /^(process_(cpu_seconds|resident)|deno_heap_used|deno_gc_duration_seconds_count|deno_eventloop_lag_window.*"1m",quantile="0.99")/;
console.log(text.split("\n").filter((line) => wanted.test(line)).join("\n"));
for (const { name, needs } of await metrics.instruments()) {
  if (needs !== undefined) console.log(`${name} needs ${needs}`);
}

/** Resolves when a histogram has more values than before, doing some work until then. */
async function observed(name: string, work = () => {}): Promise<void> {
  const before = await countOf(name);
  while (await countOf(name) === before) work();
}

async function countOf(name: string): Promise<number> {
  const metric = (await metrics.snapshot()).metrics.find((each) => each.name === name);
  return metric?.type === "histogram" ? metric.series.reduce((total, { count }) => total + count, 0) : 0;
}

function makeGarbage(): void {
  let garbage: object[] = [];
  for (let i = 0; i < 500_000; i++) {
    garbage.push({ i });
    if (garbage.length === 1_000) garbage = [];
  }
}

function block(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
