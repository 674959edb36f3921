import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { HealthChanges } from "../../src/health/changes.ts";
import { severityOf } from "../../src/health/overall.ts";
import type { HealthChange, HealthStatus } from "../../src/model/health_status.ts";

const RECOVER_MS = 5_000;
const STATUSES: readonly HealthStatus[] = ["HEALTHY", "DEGRADED", "UNHEALTHY", "CRITICAL"];

/** What is announced of a status at each second. */
function changesOf(statuses: readonly HealthStatus[]): { second: number; change: HealthChange }[] {
  const changes = new HealthChanges(RECOVER_MS);
  return statuses.flatMap((status, second) => {
    const change = changes.note({ status, reasons: [`reason ${second}`] }, second * 1_000);
    return change === undefined ? [] : [{ second, change }];
  });
}

Deno.test("HealthChanges announces a worse status at once, and a better one once it has held", () => {
  const worse: HealthStatus[] = ["HEALTHY", "DEGRADED", "CRITICAL", "CRITICAL"];
  const better = new Array<HealthStatus>(8).fill("HEALTHY");
  assertEquals(changesOf([...worse, ...better]), [
    { second: 1, change: { previous: "HEALTHY", status: "DEGRADED", reasons: ["reason 1"] } },
    { second: 2, change: { previous: "DEGRADED", status: "CRITICAL", reasons: ["reason 2"] } },
    { second: 9, change: { previous: "CRITICAL", status: "HEALTHY", reasons: ["reason 9"] } },
  ]);
});

Deno.test("HealthChanges announces a status that goes up and down each second once", () => {
  const flapping = Array.from({ length: 100 }, (_, i): HealthStatus => i % 2 === 0 ? "DEGRADED" : "HEALTHY");
  assertEquals(changesOf(flapping).map(({ second }) => second), [0]);
});

Deno.test("HealthChanges recovers to the worst of the while that it waits, with the reasons of that", () => {
  const statuses: HealthStatus[] = ["CRITICAL", "HEALTHY", "DEGRADED", "HEALTHY", "HEALTHY", "HEALTHY", "HEALTHY"];
  assertEquals(changesOf(statuses).slice(1), [
    { second: 6, change: { previous: "CRITICAL", status: "DEGRADED", reasons: ["reason 2"] } },
  ]);
});

Deno.test("HealthChanges announces real changes only, and the last one is the final status", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...STATUSES)), fc.constantFrom(...STATUSES), (statuses, last) => {
    const settling = [...statuses, ...new Array<HealthStatus>(15).fill(last)];
    const announced = changesOf(settling);
    let previous: HealthStatus = "HEALTHY";
    for (const { second, change } of announced) {
      assertEquals(change.previous, previous);
      assert(change.status !== previous);
      // It is never announced to be better than it is.
      assert(severityOf(change.status) >= severityOf(settling[second]));
      previous = change.status;
    }
    assertEquals(previous, last);
  }));
});
