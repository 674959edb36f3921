import { assertEquals, assertRejects } from "@std/assert";
import { createMetrics } from "../../mod.ts";

Deno.test("traces are asked for from the aggregator, wherever it runs, and wrong questions are refused", async () => {
  for (const aggregation of ["worker", "inline"] as const) {
    await using metrics = createMetrics({ aggregation });
    assertEquals((await metrics.listTraces({ limit: 1 })).counts.traces, 0);
    assertEquals(await metrics.findTrace("4BF92F3577B34DA6A3CE929D0E0E4736"), undefined);
    await assertRejects(() => metrics.listTraces({ limit: 0 }), RangeError, "Cannot list traces: limit must be");
    await assertRejects(() => metrics.findTrace("5"), TypeError, "Cannot find a trace: traceId must be");
  }
});
