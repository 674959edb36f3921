import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Worker } from "node:worker_threads";
import { createSettingsBuffer, type KeptSettings, SettingsMemory } from "../../src/ring/settings_memory.ts";
import { everywhere } from "../_support/ring/interrupted.ts";

const ROLLOUT = { from: 0.1, to: 1, startedAtMs: 1_700_000_000_000.5, overMs: 3_600_000, rateBefore: 0.05 };

const rate = fc.double({ min: 0, max: 1, noNaN: true });
const settings: fc.Arbitrary<KeptSettings> = fc.record({
  enabled: fc.boolean(),
  samplingRate: rate,
  budget: fc.option(fc.double({ min: 0.0001, max: 1, noNaN: true }), { nil: undefined }),
  exportEnabled: fc.boolean(),
  rollout: fc.option(
    fc.record({ from: rate, to: rate, startedAtMs: fc.nat(), overMs: fc.nat(), rateBefore: rate }),
    { nil: undefined },
  ),
});

Deno.test("SettingsMemory returns the last settings to all threads that share it, with another version after each change", () => {
  fc.assert(fc.property(fc.array(settings, { minLength: 1, maxLength: 40 }), (all) => {
    const buffer = createSettingsBuffer(false);
    const [mine, theirs] = [new SettingsMemory(buffer), new SettingsMemory(buffer)];
    const versions = all.map((each) => {
      mine.update(() => each);
      assertEquals(theirs.read(), each);
      return theirs.version;
    });
    assertEquals(new Set(versions).size, all.length);
  }));
});

Deno.test("SettingsMemory repeats a change when another thread was faster", () => {
  const buffer = createSettingsBuffer(false);
  const [mine, theirs] = [new SettingsMemory(buffer), new SettingsMemory(buffer)];
  mine.update(() => ({ enabled: true, samplingRate: 1, budget: 0.01, exportEnabled: true, rollout: undefined }));
  let asked = 0;
  mine.update((kept) => {
    asked += 1;
    // As if it had come between the look and the publication.
    if (asked <= 40) theirs.update((each) => ({ ...each, samplingRate: asked / 100, rollout: ROLLOUT }));
    return { ...kept, enabled: false };
  });
  assertEquals(asked, 41);
  assertEquals(theirs.read(), {
    enabled: false,
    samplingRate: 0.4,
    budget: 0.01,
    exportEnabled: true,
    rollout: ROLLOUT,
  });
});

Deno.test("SettingsMemory loses no change of two threads", async () => {
  const updates = 20_000;
  const buffer = createSettingsBuffer(true);
  const workers = [1, 2].map(() =>
    new Worker(new URL("../_support/ring/settings_updater.ts", import.meta.url), { workerData: { buffer, updates } })
  );
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))));
  await Promise.all(workers.map((worker) => worker.terminate()));
  const { samplingRate, rollout } = new SettingsMemory(buffer).read();
  assertEquals([samplingRate, rollout], [2 * updates, undefined]);
  assert(buffer instanceof SharedArrayBuffer);
});

Deno.test("SettingsMemory shows a reader the settings before a change or after it, at any moment of the change", () => {
  const before = { enabled: true, samplingRate: 0.1, budget: 0.01, exportEnabled: true, rollout: undefined };
  const after = { ...before, enabled: false, samplingRate: 0.2, rollout: ROLLOUT };
  everywhere((interruptAt) => {
    const buffer = createSettingsBuffer(false);
    const [mine, theirs] = [new SettingsMemory(buffer), new SettingsMemory(buffer)];
    mine.update(() => before);
    // As if fifteen threads had ended in the middle of a change: the next number has the slot of the published one.
    new Int32Array(buffer)[1] += 15;
    let seen = before;
    interruptAt(() => mine.update(() => after), () => seen = theirs.read() as typeof before);
    assertEquals(seen, before);
    assertEquals(theirs.read(), after);
  });
});

Deno.test("createSettingsBuffer makes shared memory only for other threads", () => {
  assertEquals(createSettingsBuffer(true) instanceof SharedArrayBuffer, true);
  assertEquals(createSettingsBuffer(false) instanceof ArrayBuffer, true);
});
