import { assertEquals } from "@std/assert";
import { mock } from "node:test";
import { HealthWatch, withTroubles } from "../../src/health/watch.ts";
import type { HealthChange, HealthState } from "../../src/model/health_status.ts";

Deno.test("HealthWatch announces changes as they come, recoveries and troubles by itself, and nothing once it is closed", () => {
  mock.timers.enable({ apis: ["setInterval"] });
  try {
    const notified: HealthChange[] = [];
    const time = { nowMs: 0 };
    let troubles: string[] = [];
    const watch = new HealthWatch({
      recoverAfterMs: 2_000,
      nowMs: () => time.nowMs,
      troubles: () => troubles,
      notify: (change) => notified.push(change),
    });
    const pass = (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        time.nowMs += 1_000;
        mock.timers.tick(1_000);
      }
      return notified.splice(0).map(({ previous, status, reasons }) => [previous, status, ...reasons]);
    };
    assertEquals(pass(3), []);
    watch.note({ status: "CRITICAL", reasons: ["it is down"] });
    assertEquals(pass(1), [["HEALTHY", "CRITICAL", "it is down"]]);
    watch.note({ status: "HEALTHY", reasons: [] });
    assertEquals([pass(1), pass(1)], [[], [["CRITICAL", "HEALTHY"]]]);
    troubles = ["the port is taken"];
    assertEquals(pass(1), [["HEALTHY", "DEGRADED", "the port is taken"]]);
    watch.close();
    watch.note({ status: "CRITICAL", reasons: ["it is closed"] });
    assertEquals(pass(3), []);
  } finally {
    mock.timers.reset();
  }
});

Deno.test("withTroubles makes a state DEGRADED, and keeps a worse one", () => {
  const state: HealthState = { status: "CRITICAL", reasons: ["a"] };
  assertEquals(withTroubles(state, []), state);
  assertEquals(withTroubles(state, ["b"]), { status: "CRITICAL", reasons: ["a", "b"] });
  assertEquals(withTroubles<HealthState>({ status: "HEALTHY", reasons: [] }, ["b"]), {
    status: "DEGRADED",
    reasons: ["b"],
  });
});
