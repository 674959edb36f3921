import { assertEquals } from "@std/assert";
import { AggregatorInputs, type HealthSource } from "../../../src/aggregate/health/aggregator_inputs.ts";
import { NO_PREVIOUS_RUN } from "../../../src/aggregate/series/previous_run.ts";
import { SeriesStore } from "../../../src/aggregate/series/store.ts";
import { HEALTH_DEFAULTS } from "../../../src/health/settings.ts";
import { planWindows } from "../../../src/sketch/sliding_window.ts";

const PLAN = planWindows([{ name: "1m", lengthMs: 60_000 }]);

function inputsOf(changes: Partial<HealthSource>, settings = HEALTH_DEFAULTS): AggregatorInputs {
  const source: HealthSource = {
    store: new SeriesStore(PLAN),
    parts: [],
    windows: PLAN.windows,
    previous: NO_PREVIOUS_RUN,
    bornMs: 1_000,
    recordsLost: () => 0,
    offered: () => 0,
    dropped: () => 0,
    occupancyRatio: () => 0.25,
    clashes: () => [],
    ...changes,
  };
  return new AggregatorInputs(source, settings);
}

Deno.test("AggregatorInputs counts restarts from its start, and losses from before it", () => {
  const previous = { ...NO_PREVIOUS_RUN, restarts: 3, lostAgoMs: 20_000 };
  const inputs = inputsOf({ previous, recordsLost: () => 7 }).at(6_000);
  assertEquals([inputs.restarts(), inputs.recordsLost()], [{ count: 3, agoMs: 5_000 }, { count: 7, agoMs: 25_000 }]);
});

Deno.test("AggregatorInputs measures nothing where nothing is recorded or no window is kept", () => {
  for (const windows of [PLAN.windows, []]) {
    const inputs = inputsOf({ windows }).at(0);
    assertEquals([inputs.worstQuantile("lag", 0.95, 60_000), inputs.fastestBurn(60_000)], [undefined, undefined]);
    assertEquals([[...inputs.heapGrowths()], inputs.dropRatio(), inputs.ringOccupancy()], [[], 0, 0.25]);
  }
});

Deno.test("AggregatorInputs remembers drops for a minute", () => {
  let dropped = 0;
  const inputs = inputsOf({ offered: () => 100, dropped: () => dropped });
  dropped = 50;
  inputs.note(1_000);
  assertEquals([2_000, 62_000].map((nowMs) => inputs.at(nowMs).dropRatio()), [0.5, 0]);
});
