import { assertEquals, assertThrows } from "@std/assert";
import { checkSettingsPatch } from "../../src/config/settings_patch.ts";

Deno.test("checkSettingsPatch takes each setting alone, all together, and none", () => {
  const rollout = { from: 0.1, to: 1, over: "1h" };
  const checked = { from: 0.1, to: 1, overMs: 3_600_000 };
  assertEquals(checkSettingsPatch({}), {});
  assertEquals(checkSettingsPatch({ enabled: false }), { enabled: false });
  assertEquals(checkSettingsPatch({ samplingRate: 0 }), { samplingRate: 0 });
  assertEquals(checkSettingsPatch({ budget: 0.01 }), { budget: 0.01 });
  assertEquals(checkSettingsPatch({ budget: null }), { budget: null });
  assertEquals(checkSettingsPatch({ exportEnabled: true }), { exportEnabled: true });
  assertEquals(checkSettingsPatch({ rollout }), { rollout: checked });
  assertEquals(checkSettingsPatch({ rollout: null }), { rollout: null });
  assertEquals(checkSettingsPatch({ rollout: { ...rollout, over: "720h" }, enabled: true, exportEnabled: false }), {
    enabled: true,
    exportEnabled: false,
    rollout: { ...checked, overMs: 2_592_000_000 },
  });
});

Deno.test("checkSettingsPatch names the field that is wrong, what it must be, and what was given", () => {
  const keys = "keys of the patch must be among enabled, samplingRate, budget, exportEnabled, rollout, got";
  const share = "must be a number from 0 to 1, got";
  const object = 'rollout must be null, or an object such as { "from": 0.1, "to": 1, "over": "1h" }, got';
  const duration = 'rollout.over must be a duration such as "5ms", "1s" or "1m", got';
  const refusals: [given: unknown, error: typeof TypeError | typeof RangeError, says: string][] = [
    [null, TypeError, 'the patch must be an object such as { "samplingRate": 0.1 }, got null'],
    [[], TypeError, 'the patch must be an object such as { "samplingRate": 0.1 }, got []'],
    [{ enabled: 1 }, TypeError, "enabled must be true or false, got 1"],
    [{ enabled: null }, TypeError, "enabled must be true or false, got null"],
    [{ exportEnabled: "no" }, TypeError, 'exportEnabled must be true or false, got "no"'],
    [{ samplingRate: "1" }, TypeError, `samplingRate ${share} "1"`],
    [{ samplingRate: null }, TypeError, `samplingRate ${share} null`],
    [{ samplingRate: 1.1 }, RangeError, `samplingRate ${share} 1.1`],
    [{ samplingRate: Infinity }, RangeError, `samplingRate ${share} Infinity`],
    [{ sampling_rate: 1 }, TypeError, `${keys} "sampling_rate"; did you mean "samplingRate"?`],
    [{ Enabled: true }, TypeError, `${keys} "Enabled"; did you mean "enabled"?`],
    [JSON.parse('{ "__proto__": {} }'), TypeError, `${keys} "__proto__"`],
    [{ budget: "1%" }, TypeError, 'budget must be a number from 0.0001 to 1, got "1%"'],
    [{ budget: 0 }, RangeError, "budget must be a number from 0.0001 to 1, got 0"],
    [{ rollout: true }, TypeError, `${object} true`],
    [{ rollout: [] }, TypeError, `${object} []`],
    [{ rollout: {} }, TypeError, `rollout.from ${share} undefined`],
    [{ rollout: { from: 0.1, to: 2, over: "1h" } }, RangeError, `rollout.to ${share} 2`],
    [{ rollout: { from: 0.1, to: 1 } }, TypeError, `${duration} undefined`],
    [{ rollout: { from: 0.1, to: 1, over: 60 } }, TypeError, `${duration} 60`],
    [{ rollout: { from: 0.1, to: 1, over: "999ms" } }, RangeError, 'rollout.over must be from 1s to 720h, got "999ms"'],
    [{ rollout: { from: 0.1, to: 1, over: "721h" } }, RangeError, 'rollout.over must be from 1s to 720h, got "721h"'],
    [
      { rollout: { form: 0.1 } },
      TypeError,
      'keys of rollout must be among from, to, over, got "form"; did you mean "from"?',
    ],
    [{ samplingRate: 1, rollout: null }, TypeError, "samplingRate must be omitted where rollout is given, got 1"],
  ];
  for (const [given, error, says] of refusals) {
    const { message } = assertThrows(() => checkSettingsPatch(given), error);
    assertEquals(message, `Cannot change settings: ${says}`);
  }
});
