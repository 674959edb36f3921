import { assertEquals } from "@std/assert";
import type { Snapshot } from "../../mod.ts";
import { matchingSeries, seriesName } from "../../src/encode/series_name.ts";

Deno.test("matchingSeries keeps series by name and labels, and no metric without series", () => {
  const snapshot: Snapshot = {
    timestamp: "",
    uptimeSeconds: 1,
    meta: { recorded: 0, dropped: 0, sampledOut: 0, series: 3, overflowed: 0 },
    metrics: ["orders_total", "errors_total"].map((name) => ({
      ...{ name, type: "counter", unit: "", help: "" },
      series: ["buy", "sell"].map((side) => ({ labels: { side }, value: 1 })),
    })),
  };
  const names = (pattern: RegExp) =>
    matchingSeries(snapshot, pattern).metrics.map(({ name, series }) =>
      [...series].map(({ labels }) => seriesName(name, labels)).join()
    );
  assertEquals(names(/^orders/), ['orders_total{side="buy"},orders_total{side="sell"}']);
  assertEquals(names(/side="buy"/), ['orders_total{side="buy"}', 'errors_total{side="buy"}']);
  assertEquals(names(/none/), []);
});
