import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { backOffDelayMs, parseRetryAfter } from "../../../src/keep/push/retry_delays.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);

Deno.test("backOffDelayMs doubles up to the longest, less up to half of it", () => {
  const attempts = [1, 2, 3, 4, 5, 6, 2_000];
  const longest = attempts.map((each) => backOffDelayMs(each, 1_000, 10_000, () => 0));
  assertEquals(longest, [1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  assertEquals(attempts.map((each) => backOffDelayMs(each, 1_000, 10_000, () => 0.5)), longest.map((ms) => 0.75 * ms));
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 1, noNaN: true }), (each, random) => {
    const [least, most] = [1, 0].map((bound) => backOffDelayMs(each, 1_000, 10_000, () => bound));
    const delayMs = backOffDelayMs(each, 1_000, 10_000, () => random);
    assertEquals(delayMs >= least && delayMs <= most && least === most / 2, true);
  }));
});

Deno.test("parseRetryAfter reads seconds and dates, and waits for no more than five minutes", () => {
  const values: [value: string | null, delayMs: number | undefined][] = [
    [null, undefined],
    ["", undefined],
    ["soon", undefined],
    ["0", 0],
    ["7", 7_000],
    ["300", 300_000],
    ["86400", 300_000],
    ["9".repeat(400), 300_000],
    ["Fri, 02 Jan 2026 03:04:12 GMT", 7_000],
    ["Fri, 02 Jan 2026 03:04:00 GMT", 0],
    ["Sat, 03 Jan 2026 03:04:00 GMT", 300_000],
  ];
  for (const [value, delayMs] of values) assertEquals(parseRetryAfter(value, NOW_MS), delayMs, String(value));
});
