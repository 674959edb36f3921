import { assertEquals } from "@std/assert";
import { BackOff } from "../../../src/threads/main/back_off.ts";

Deno.test("BackOff waits twice as long after each failure, up to ten seconds", () => {
  const backOff = new BackOff();
  const delays = Array.from({ length: 9 }, (_, i) => backOff.noteFailure(i));
  assertEquals(delays, [100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
});

Deno.test("BackOff begins again after a minute of good running, not before", () => {
  const backOff = new BackOff();
  backOff.noteFailure(0);
  backOff.noteStart(1_000);
  assertEquals([backOff.noteFailure(60_999), backOff.failures], [200, 2]);
  backOff.noteStart(70_000);
  assertEquals([backOff.noteFailure(130_000), backOff.failures], [100, 1]);
  // A worker that has not started since does not count as stable.
  assertEquals(backOff.noteFailure(1_000_000), 200);
});
