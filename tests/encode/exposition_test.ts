import { assertEquals } from "@std/assert";
import type { Encoder } from "../../src/encode/encoder.ts";
import { writeFamilies } from "../../src/encode/exposition.ts";
import { histogramFamily, histogramPoint, scalarFamily, summaryFamily } from "../_support/encode/points.ts";

Deno.test("writeFamilies begins each family, writes its points and ends it, before the next", () => {
  const calls: (string | number)[] = [];
  const encoder: Encoder = {
    begin: ({ name }) => calls.push(`begin ${name}`),
    write: (point) => calls.push("value" in point ? point.value : NaN),
    endFamily: () => calls.push("end"),
    end: () => new Uint8Array(0),
    reuse() {},
  };
  const families = [
    scalarFamily("counter", { name: "orders", points: [{ labels: {}, value: 1 }, { labels: {}, value: 2 }] }),
    scalarFamily("gauge", { name: "none" }),
    scalarFamily("gauge", { name: "depth", points: [{ labels: {}, value: 3 }] }),
  ];
  for (const _ of writeFamilies(families, encoder, () => true)) calls.push("pause");
  assertEquals(calls, ["begin orders", 1, 2, "end", "begin none", "end", "begin depth", 3, "end"]);
});

Deno.test("writeFamilies asks whether to pause after each histogram or summary, and after 64 counters or gauges", () => {
  const points = Array.from({ length: 129 }, (_, value) => ({ labels: {}, value }));
  const written: number[] = [];
  let count = 0;
  const encoder: Encoder = {
    begin: () => count = 0,
    write: () => count += 1,
    endFamily() {},
    end: () => new Uint8Array(0),
    reuse() {},
  };
  const families = [
    scalarFamily("counter", { points }),
    scalarFamily("gauge", { points }),
    summaryFamily({ points: [{ labels: {}, quantiles: [] }, { labels: {}, quantiles: [] }] }),
    histogramFamily({ points: [histogramPoint({}), histogramPoint({})] }),
  ];
  for (const _ of writeFamilies(families, encoder, () => true)) written.push(count);
  assertEquals(written, [64, 128, 64, 128, 1, 2, 1, 2]);
});
