import { assertAlmostEquals, assertEquals } from "@std/assert";
import { define } from "../../../src/instrument/definition.ts";
import type { DistributionFamily } from "../../../src/aggregate/series/distribution_family.ts";
import { SeriesStore } from "../../../src/aggregate/series/store.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";
import { BurnReader } from "../../../src/aggregate/health/burn_reader.ts";

const PLAN = planWindows([{ name: "1m", lengthMs: 60_000 }]);
const [WINDOW] = PLAN.windows;
const JOB = define("timer", "job", { labels: ["id"], slo: { threshold: "5ms", target: 0.9 } });

function setUp() {
  const store = new SeriesStore(PLAN);
  const family = store.define(JOB) as DistributionFamily;
  const add = (id: number, violations: number, count: number, nowMs: number) => {
    const series = family.add({ id: String(id) }, nowMs);
    for (let i = 0; i < count; i++) series.record(i < violations ? 1 : 0.001, 1, nowMs);
    return series;
  };
  return { store, add, reader: new BurnReader(store) };
}

Deno.test("BurnReader finds the series that burns fastest, among those that hold enough", () => {
  const { store, add, reader } = setUp();
  store.define(define("timer", "other", {}));
  assertEquals(reader.fastest(WINDOW, 0), undefined);
  add(1, 99, 99, 0);
  assertEquals(reader.fastest(WINDOW, 0), undefined);
  add(2, 0, 1, 0);
  assertEquals(reader.fastest(WINDOW, 0)?.rate, 0);
  add(3, 20, 100, 0);
  add(4, 150, 1_000, 0);
  const { metric, labels, rate = 0 } = reader.fastest(WINDOW, 0) ?? {};
  assertEquals([metric, labels], ["job_seconds", { id: "3" }]);
  assertAlmostEquals(rate, 2, 1e-9);
  assertEquals(reader.fastest(WINDOW, 66_001)?.rate, 0);
});

Deno.test("BurnReader keeps what was much work to find, for a time that grows with it", () => {
  const { add, reader } = setUp();
  for (let id = 0; id < 100; id++) add(id, 1, 100, 0);
  assertAlmostEquals(reader.fastest(WINDOW, 0)?.rate ?? 0, 0.1, 1e-9);
  add(100, 100, 100, 0);
  assertAlmostEquals(reader.fastest(WINDOW, 99)?.rate ?? 0, 0.1, 1e-9);
  assertAlmostEquals(reader.fastest(WINDOW, 100)?.rate ?? 0, 10, 1e-9);
});
