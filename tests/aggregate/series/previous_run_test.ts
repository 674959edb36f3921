import { assertEquals } from "@std/assert";
import { lossReason, NO_PREVIOUS_RUN, restartReason } from "../../../src/aggregate/series/previous_run.ts";

Deno.test("restartReason and lossReason tell for a minute each", () => {
  const restart = "the aggregator has failed and was started again in the last minute, restart 3";
  const loss = "histograms lost records in the last minute, 7 in all";
  const previous = { ...NO_PREVIOUS_RUN, restarts: 3, lostAgoMs: 20_000 };
  const at = (ageMs: number) => [restartReason(previous, ageMs), lossReason(previous, 7, ageMs)];
  assertEquals(at(39_999), [restart, loss]);
  assertEquals(at(40_000), [restart, undefined]);
  assertEquals(at(59_999), [restart, undefined]);
  assertEquals(at(60_000), [undefined, undefined]);
  assertEquals([restartReason(NO_PREVIOUS_RUN, 0), lossReason(NO_PREVIOUS_RUN, 0, 0)], [undefined, undefined]);
});
