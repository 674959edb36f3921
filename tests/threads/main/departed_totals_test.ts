import { assertEquals } from "@std/assert";
import { DepartedTotals } from "../../../src/threads/main/departed_totals.ts";
import { SeriesStore } from "../../../src/aggregate/series/store.ts";
import type { DepartedSeries } from "../../../src/aggregate/series/previous_run.ts";
import type { Definition } from "../../../src/model/model.ts";
import { createRing } from "../../../src/ring/layout.ts";
import { RingOwner } from "../../../src/ring/ring_owner.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";

const OWNER = new RingOwner(createRing(64, true));
const SENT: Definition = {
  type: "counter",
  name: "sent_total",
  exposedName: "sent_total",
  windowName: "",
  unit: "",
  help: "",
  labelNames: [],
  buckets: [],
  schema: 0,
  isCritical: false,
  sketch: "exponential",
};

function sent(labelNames: string[], labelValues: string[]): DepartedSeries {
  return { definition: { ...SENT, labelNames }, labelValues, value: 2, sinceMs: 0 };
}

Deno.test("DepartedTotals joins series whose threads declared the labels in another order", () => {
  const departed = new DepartedTotals();
  departed.add(OWNER, [sent(["side", "pair"], ["buy", "BTC"])]);
  departed.add(OWNER, [sent(["pair", "side"], ["BTC", "buy"])]);
  assertEquals(departed.counted().map(({ value }) => value), [4]);
  departed.forget("sent_total", ["BTC", "buy"]);
  assertEquals(departed.counted(), []);
});

Deno.test("SeriesStore.restore adds the total of a thread whose labels have another order", () => {
  const store = new SeriesStore(planWindows([]));
  store.define({ ...SENT, labelNames: ["side", "pair"] });
  store.restore(sent(["pair", "side"], ["BTC", "buy"]));
  const [{ series: [{ labels }] }] = store.snapshot(0);
  assertEquals(Object.entries(labels), [["side", "buy"], ["pair", "BTC"]]);
});
