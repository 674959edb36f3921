import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { isRolling, type Rollout, rolloutRate, type SettingsPatch } from "../../src/model/adjustable_settings.ts";
import { Control, createControlBuffer } from "../../src/ring/control.ts";
import { createSettingsBuffer, SettingsMemory } from "../../src/ring/settings_memory.ts";
import { SharedSettings, sinceEpoch } from "../../src/ring/shared_settings.ts";
import { everywhere } from "../_support/ring/interrupted.ts";

const HOUR_MS = 3_600_000;
const ROLLOUT = { from: 0.1, to: 1, overMs: HOUR_MS };

/** Settings of one thread, those of the one that aggregates, and what instruments look at. */
function setUp(rate = 0.05) {
  const time = { nowMs: 1_000 };
  const buffers = { control: createControlBuffer(false), kept: createSettingsBuffer(false) };
  const settings = new SharedSettings(buffers, () => time.nowMs);
  settings.begin(true, rate);
  const aggregating = new SharedSettings(buffers, () => time.nowMs);
  return { time, buffers, settings, aggregating, control: new Control(buffers.control) };
}

Deno.test("SharedSettings applies a change at once, and keeps settings that it does not name", () => {
  const { settings, aggregating, control } = setUp();
  assertEquals([control.enabled, control.samplingRate], [true, 0.05]);
  settings.adjust({ enabled: false });
  assertEquals([control.enabled, control.samplingRate], [false, 0.05]);
  aggregating.adjust({ samplingRate: 0.5 });
  assertEquals([control.enabled, control.samplingRate], [false, 0.5]);
  assertEquals(settings.adjust({ enabled: true, samplingRate: 0, exportEnabled: false }), {
    enabled: true,
    samplingRate: 0,
    budget: undefined,
    exportEnabled: false,
    rollout: undefined,
  });
  assertEquals([control.enabled, control.samplingRate], [true, 0]);
  assertEquals(settings.adjust({}), settings.read());
});

Deno.test("SharedSettings.isExporting is current after a step", () => {
  const { settings, aggregating } = setUp();
  assert(aggregating.isExporting);
  settings.adjust({ exportEnabled: false });
  aggregating.step();
  assert(!aggregating.isExporting && !settings.isExporting);
  settings.adjust({ exportEnabled: true });
  aggregating.step();
  assert(aggregating.isExporting);
});

Deno.test("SharedSettings advances a rollout step by step, and ends it at its rate", () => {
  const { time, settings, aggregating, control } = setUp();
  const rates = [settings.adjust({ rollout: ROLLOUT }).samplingRate];
  for (let minutes = 0; minutes < 90; minutes += 6) {
    time.nowMs += HOUR_MS / 10;
    aggregating.step();
    rates.push(control.samplingRate);
  }
  const expected = Array.from({ length: 16 }, (_, i) => Math.min(1, 0.1 + 0.09 * i));
  rates.forEach((rate, i) => assertAlmostEquals(rate, expected[i], 1e-12));
  assertEquals(settings.read(), {
    enabled: true,
    samplingRate: 1,
    budget: undefined,
    exportEnabled: true,
    rollout: { ...ROLLOUT, startedAtMs: 1_000, rateBefore: 0.05, rate: 1, isRunning: false },
  });
});

Deno.test("SharedSettings changes the rate a hundred times in a rollout, and not between", () => {
  const { time, settings, aggregating, control } = setUp();
  settings.adjust({ rollout: ROLLOUT });
  const words = new Set<number>();
  for (let i = 0; i < 1_200; i++) {
    aggregating.step();
    words.add(control.word[0]);
    time.nowMs += HOUR_MS / 1_000;
  }
  assertEquals(words.size, 101);
});

Deno.test("SharedSettings reverts a rollout to the previous rate in one call, while it runs and afterwards", () => {
  for (const elapsed of [0.5, 2]) {
    const { time, settings, aggregating, control } = setUp();
    settings.adjust({ rollout: ROLLOUT });
    time.nowMs += elapsed * HOUR_MS;
    aggregating.step();
    assertAlmostEquals(control.samplingRate, elapsed === 2 ? 1 : 0.55, 1e-12);
    assertEquals(settings.adjust({ rollout: null }).rollout, undefined);
    assertEquals(control.samplingRate, 0.05);
    time.nowMs += HOUR_MS;
    aggregating.step();
    assertEquals(settings.adjust({ rollout: null }).samplingRate, 0.05);
  }
});

Deno.test("SharedSettings ends a rollout when the rate is set, not when recording is enabled or disabled", () => {
  const { time, settings, aggregating, control } = setUp();
  settings.adjust({ rollout: ROLLOUT });
  time.nowMs += HOUR_MS / 4;
  aggregating.adjust({ enabled: false });
  time.nowMs += HOUR_MS / 4;
  aggregating.step();
  assertEquals([control.enabled, control.samplingRate], [false, 0.55]);
  assertEquals(aggregating.adjust({ enabled: true }).rollout?.isRunning, true);
  // To the rate that it has anyway.
  settings.adjust({ samplingRate: 0.55 });
  time.nowMs += HOUR_MS / 4;
  aggregating.step();
  assertEquals(settings.read(), {
    enabled: true,
    samplingRate: 0.55,
    budget: undefined,
    exportEnabled: true,
    rollout: undefined,
  });
});

Deno.test("SharedSettings reverts a rollout that replaced another to the rate at which it started", () => {
  const { time, settings, aggregating } = setUp();
  settings.adjust({ rollout: ROLLOUT });
  time.nowMs += HOUR_MS / 2;
  const second = settings.adjust({ rollout: { from: 0.6, to: 0.8, overMs: 1_000 } });
  assertAlmostEquals(second.rollout?.rateBefore ?? 0, 0.55, 1e-12);
  time.nowMs += 1_000;
  aggregating.step();
  assertEquals(settings.read().samplingRate, 0.8);
  assertAlmostEquals(settings.adjust({ rollout: null }).samplingRate, 0.55, 1e-12);
});

Deno.test("SharedSettings of a restarted aggregator continue a rollout", () => {
  const { time, buffers, settings, control } = setUp();
  settings.adjust({ rollout: ROLLOUT });
  time.nowMs += HOUR_MS / 2;
  new SharedSettings(buffers, () => time.nowMs).step();
  assertAlmostEquals(control.samplingRate, 0.55, 1e-12);
});

Deno.test("SharedSettings apply the sum of all patches, whichever thread made them and whenever they are read", () => {
  const rate = fc.double({ min: 0, max: 1, noNaN: true });
  const patch: fc.Arbitrary<SettingsPatch> = fc.oneof(
    fc.record({ enabled: fc.boolean() }),
    fc.record({ samplingRate: rate }),
    fc.record({ rollout: fc.record({ from: rate, to: rate, overMs: fc.integer({ min: 1_000, max: 9_000 }) }) }),
    fc.constant({ rollout: null }),
  );
  const moves = fc.array(fc.record({ patch, byMain: fc.boolean(), afterMs: fc.nat(5_000) }), { maxLength: 30 });
  fc.assert(fc.property(moves, (all) => {
    const { time, settings, aggregating, control } = setUp(1);
    const model: { enabled: boolean; rate: number; rollout?: Rollout } = { enabled: true, rate: 1 };
    const modelRate = () => model.rollout === undefined ? model.rate : rolloutRate(model.rollout, time.nowMs);
    for (const { patch: { enabled, samplingRate, rollout }, byMain, afterMs } of all) {
      (byMain ? settings : aggregating).adjust({ enabled, samplingRate, rollout });
      model.enabled = enabled ?? model.enabled;
      if (samplingRate !== undefined) Object.assign(model, { rate: samplingRate, rollout: undefined });
      if (rollout === null) Object.assign(model, { rate: model.rollout?.rateBefore ?? model.rate, rollout: undefined });
      if (rollout) model.rollout = { ...rollout, startedAtMs: time.nowMs, rateBefore: modelRate() };
      time.nowMs += afterMs;
      aggregating.step();
      assertEquals([control.enabled, control.samplingRate], [model.enabled, modelRate()]);
      assertEquals(settings.read().rollout?.isRunning, model.rollout && isRolling(model.rollout, time.nowMs));
    }
  }));
});

Deno.test("sinceEpoch starts at the time of day and advances with its clock", () => {
  const time = { nowMs: HOUR_MS };
  const now = sinceEpoch(() => time.nowMs);
  const start = now();
  assert(Math.abs(start - Date.now()) < 60_000);
  time.nowMs += 5_000;
  assertEquals(now() - start, 5_000);
});

Deno.test("SharedSettings keep adapted rates when something else changes", () => {
  const { settings, aggregating, control } = setUp(0.5);
  control.adapt(0.125);
  settings.adjust({ exportEnabled: false });
  aggregating.step();
  assertAlmostEquals(control.samplingRate, 0.125, 1e-9);
});

Deno.test("SharedSettings.budget is set, kept and removed by patches, and current after a step", () => {
  const { settings, aggregating } = setUp();
  const budgets = [{ budget: 0.01 }, { enabled: true }, { budget: null }, {}].map((patch) => {
    const { budget } = settings.adjust(patch);
    aggregating.step();
    assertEquals([settings.budget, aggregating.budget], [budget, budget]);
    return budget;
  });
  assertEquals(budgets, [0.01, 0.01, undefined, undefined]);
});

Deno.test("SharedSettings.needsCallCost while there is a budget and no cost", () => {
  const buffers = { control: createControlBuffer(false), kept: createSettingsBuffer(false) };
  const settings = new SharedSettings(buffers, () => 0);
  assertStrictEquals(settings.buffers, buffers);
  settings.begin(true, 1, 0.01);
  assertEquals([settings.budget, settings.needsCallCost], [0.01, true]);
  settings.adjust({ budget: null });
  assertEquals([settings.needsCallCost, settings.needsCallCost], [false, false]);
  settings.adjust({ budget: 0.02 });
  assertEquals([settings.needsCallCost, settings.needsCallCost], [true, true]);
  const cost = { recordedSeconds: 1e-7, sampledSeconds: 3e-7, skippedSeconds: 5e-9 };
  settings.callCost = cost;
  assertEquals([settings.needsCallCost, new Control(buffers.control).callCost], [false, cost]);
});

Deno.test("SharedSettings are those of the last request, wherever another thread's comes in between", () => {
  for (const patch of [{ enabled: false }, { samplingRate: 0.25 }]) {
    const places = everywhere((interruptAt) => {
      const { settings, aggregating, buffers } = setUp();
      interruptAt(() => settings.adjust(patch), () => aggregating.adjust({ samplingRate: 0.5 }));
      const { enabled, samplingRate } = new SettingsMemory(buffers.kept).read();
      const lanes = Array.from({ length: 64 }, (_, lane) => new Control(buffers.control, lane));
      for (const lane of lanes) assertEquals([lane.enabled, lane.samplingRate], [enabled, samplingRate]);
    });
    assert(places > 128, `${places}`);
  }
});
