import { assertEquals } from "@std/assert";
import { SelfFamilies } from "../../src/model/self_metrics.ts";

Deno.test("SelfFamilies builds families without unit, whose counters begin when the metrics were created", () => {
  const families = new SelfFamilies(7);
  const { owner, ...counter } = families.counter("drops_total", "Drops", 3);
  const points = [{ labels: {}, value: 3, createdMs: 7 }];
  assertEquals(counter, { type: "counter", name: "drops_total", unit: "", help: "Drops", points });
  assertEquals(families.gauge("series", "Series", 2), {
    type: "gauge",
    name: "series",
    unit: "",
    help: "Series",
    owner,
    points: [{ labels: {}, value: 2 }],
  });
});

Deno.test("SelfFamilies names the points of one label by its values, in their order", () => {
  const families = new SelfFamilies(7);
  assertEquals([...families.counters("drops_total", "", "reason", { late: 1, full: 2 }).points], [
    { labels: { reason: "late" }, value: 1, createdMs: 7 },
    { labels: { reason: "full" }, value: 2, createdMs: 7 },
  ]);
  const [{ labels, ...gauge }] = families.gauges("rate", "", "thread", { main: 0.5 }).points;
  assertEquals([labels, gauge], [{ thread: "main" }, { value: 0.5, createdMs: undefined }]);
});
