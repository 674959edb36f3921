/**
 * What a program gets of itself without writing it: memory, CPU, garbage collection and how late its event loop is. It
 * makes some garbage, holds up its event loop, and prints what was seen of that.
 *
 * @module
 */

import { createMetrics, type Snapshot } from "@hotpath/metrics";

const [blockedMs = "100"] = Deno.args;

await using metrics = createMetrics({ runtime: true });
// From the first sample on the event loop is looked at.
while (countOf(await metrics.snapshot(), "deno_eventloop_lag_seconds") === 0);

while (countOf(await metrics.snapshot(), "deno_gc_duration_seconds") === 0) makeGarbage();
block(Number(blockedMs));
const seen = countOf(await metrics.snapshot(), "deno_eventloop_lag_seconds");
while (countOf(await metrics.snapshot(), "deno_eventloop_lag_seconds") === seen);

const text = await metrics.scrape();
const wanted =
  /^(process_resident_memory_bytes|deno_heap_used_bytes|deno_gc_duration_seconds_count|deno_eventloop_.*_count)/;
console.log(text.split("\n").filter((line) => wanted.test(line)).join("\n"));
for (const { name, needs } of await metrics.instruments()) {
  if (needs !== undefined) console.log(`${name} needs ${needs}`);
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

function countOf({ metrics }: Snapshot, wanted: string): number {
  const metric = metrics.find(({ name }) => name === wanted);
  if (metric?.type !== "histogram") return 0;
  return metric.series.reduce((total, { count }) => total + count, 0);
}
