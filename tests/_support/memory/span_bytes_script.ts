/**
 * What a span takes of the heap: the growth over many traces, with all garbage collected, and what is counted for the
 * same traces. Needs `--expose-gc`. Prints both as bytes of a span.
 *
 * @module
 */

import { createMetrics } from "../../../mod.ts";
import { Trace } from "../../../src/aggregate/traces/trace.ts";

const { gc } = globalThis as unknown as { gc: () => void };
const TRACES = 400;
const STAGES = 250;
/** So that the ring takes all of them. */
const TRACES_A_TURN = 20;

// Inline, so that spans are in the heap that is looked at.
await using metrics = createMetrics({ aggregation: "inline", traces: { recentMax: 2 * TRACES, bytesMax: 2 ** 30 } });
const stage = metrics.timer("stage");
// What is made once, and code.
await run(TRACES / 4);
const before = heapBytes();
await run(TRACES);
const took = heapBytes() - before;

const { recent: [{ traceId }], counts } = await metrics.listTraces({ limit: 1 });
const { stages } = (await metrics.findTrace(traceId))!;
const trace = new Trace(traceId);
for (const each of stages) trace.add({ ...each, traceId, parentId: each.parentId ?? undefined, startMs: 0 }, STAGES);
console.log(JSON.stringify({ took: took / (TRACES * STAGES), counted: trace.bytes / STAGES, counts }));

async function run(traces: number): Promise<void> {
  for (let i = 0; i < traces; i++) {
    metrics.trace.run({ name: "turn" }, () => {
      for (let at = 1; at < STAGES; at++) stage.observe(at / 1_000);
    });
    if (i % TRACES_A_TURN === 0) await metrics.flush();
  }
  await metrics.flush();
}

function heapBytes(): number {
  gc();
  gc();
  return Deno.memoryUsage().heapUsed;
}
