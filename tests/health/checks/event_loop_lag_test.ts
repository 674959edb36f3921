import { assertEquals } from "@std/assert";
import { eventLoopLag } from "../../../src/health/checks/event_loop_lag.ts";
import { inputsWith } from "../../_support/health/checks/cases.ts";

Deno.test("eventLoopLag names the thread, and adds its mean and its 95th percentile to the health", () => {
  const asked: unknown[] = [];
  const inputs = inputsWith({
    worstQuantile(...query) {
      asked.push(query);
      return { labels: { thread: "worker" }, value: 0.6666, average: 0.25 };
    },
  });
  assertEquals(eventLoopLag.judge(inputs, { ...eventLoopLag.fallback, windowMs: 5_000 }), {
    status: "UNHEALTHY",
    value: 0.6666,
    reason: 'the event loop lags by 0.667 s at p95{thread="worker"}',
    details: { eventLoop: { lagSecondsAverage: 0.25, lagSecondsP95: 0.6666 } },
  });
  assertEquals(asked, [["deno_eventloop_lag_seconds", 0.95, 5_000]]);
});

Deno.test("eventLoopLag is not measured where nothing records the lag", () => {
  const inputs = inputsWith({ worstQuantile: () => undefined });
  assertEquals(eventLoopLag.judge(inputs, eventLoopLag.fallback), { status: "NOT_MEASURED" });
});
