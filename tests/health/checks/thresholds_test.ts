import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { severityOf } from "../../../src/health/overall.ts";
import { statusAbove, type Thresholds } from "../../../src/health/checks/thresholds.ts";

const THRESHOLDS: Thresholds = { degraded: 0.1, unhealthy: 0.5, critical: 2 };

Deno.test("statusAbove needs more than a threshold", () => {
  const values = [0, 0.1, 0.100001, 0.5, 0.500001, 2, 2.000001, Infinity];
  const expected = ["HEALTHY", "HEALTHY", "DEGRADED", "DEGRADED", "UNHEALTHY", "UNHEALTHY", "CRITICAL", "CRITICAL"];
  assertEquals(values.map((value) => statusAbove(value, THRESHOLDS)), expected);
});

Deno.test("statusAbove never reaches a threshold of Infinity", () => {
  const never: Thresholds = { degraded: Infinity, unhealthy: 1, critical: Infinity };
  assertEquals([1, 2, Infinity].map((value) => statusAbove(value, never)), ["HEALTHY", "UNHEALTHY", "UNHEALTHY"]);
});

Deno.test("statusAbove gets no better as the value rises or a threshold falls", () => {
  const value = fc.double({ min: -10, max: 1e6, noNaN: true });
  const limits = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 3 });
  fc.assert(fc.property(value, value, limits, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, unsorted, factor) => {
    const [degraded, unhealthy, critical] = unsorted.toSorted((x, y) => x - y);
    const thresholds = { degraded, unhealthy, critical };
    const severity = (of: number, by: Thresholds) => severityOf(statusAbove(of, by));
    assert(severity(Math.min(a, b), thresholds) <= severity(Math.max(a, b), thresholds));
    const stricter = { degraded: degraded * factor, unhealthy: unhealthy * factor, critical: critical * factor };
    assert(severity(a, thresholds) <= severity(a, stricter));
  }));
});
