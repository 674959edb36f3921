import { assertEquals } from "@std/assert";
import { NO_PAST, reasonsOf } from "../../src/worker/past.ts";

Deno.test("reasonsOf tells of a restart and of losses for a minute each", () => {
  const restart = "the aggregator has failed and was started again in the last minute, restart 3";
  const loss = "histograms lost records in the last minute, 7 in all";
  const past = { ...NO_PAST, restarts: 3, recordsLost: 7, lostAgoMs: 20_000 };
  assertEquals(reasonsOf(past, 39_999), [restart, loss]);
  assertEquals(reasonsOf(past, 40_000), [restart]);
  assertEquals(reasonsOf(past, 60_000), []);
  assertEquals(reasonsOf(NO_PAST, 0), []);
});
