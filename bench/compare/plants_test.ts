import { assert, assertEquals, assertThrows } from "@std/assert";
import { isNear, leastEnough, nextSteps, PLANTS, SLOWDOWN, withPlant } from "./plants.ts";
import { BENCHES } from "../benches.ts";

const ROOT = new URL("../../", import.meta.url);

for (const plant of PLANTS) {
  Deno.test(`withPlant finds the beginning of a method in ${plant.file}`, async () => {
    const source = await Deno.readTextFile(new URL(plant.file, ROOT));
    const planted = withPlant(source, plant, 5);
    assert(planted.includes(`${plant.line}\n    plantedWork(5);\n`));
    const bench = await Deno.readTextFile(new URL(`bench/${BENCHES[plant.bench]}`, ROOT));
    assert(bench.includes(`"${plant.row}"`), `${plant.bench} has no row ${plant.row}`);
  });
}

Deno.test("withPlant refuses a line that is not there, or twice", () => {
  const [plant] = PLANTS;
  assertThrows(() => withPlant("", plant, 5), Error, "has 0 lines");
  assertThrows(() => withPlant(`${plant.line}\n${plant.line}\n`, plant, 5), Error, "has 2 lines");
});

Deno.test("nextSteps takes each step to cost the same", () => {
  assertEquals(nextSteps([{ steps: 8, slowdown: 1.15 }]), 16);
  assertEquals(nextSteps([{ steps: 100, slowdown: 1.6 }]), 50);
  assertEquals(nextSteps([{ steps: 10, slowdown: 1.1 }, { steps: 50, slowdown: 1.5 }]), 30);
});

Deno.test("nextSteps never leaves what lies on either side, and never jumps far", () => {
  assertEquals(nextSteps([{ steps: 8, slowdown: 0.9 }]), 32);
  assertEquals(nextSteps([{ steps: 8, slowdown: 1.01 }]), 32);
  assertEquals(nextSteps([{ steps: 8, slowdown: 1.299 }]), 9);
  assertEquals(nextSteps([{ steps: 8, slowdown: 1.2999 }, { steps: 20, slowdown: 1.8 }]), 9);
  assertEquals(nextSteps([{ steps: 8, slowdown: 0.2 }, { steps: 10, slowdown: 1.3 }]), 9);
  assertEquals(nextSteps([{ steps: 8, slowdown: 1 }, { steps: 9, slowdown: 2 }]), undefined);
});

Deno.test("nextSteps arrives at the slowdown that is wanted", () => {
  const slowdownOf = (steps: number) => 1 + steps * 0.003;
  const trials = [{ steps: 6, slowdown: slowdownOf(6) }];
  while (!isNear(trials[trials.length - 1])) {
    const steps = nextSteps(trials);
    assert(steps !== undefined && trials.length < 5);
    trials.push({ steps, slowdown: slowdownOf(steps) });
  }
  assert(Math.abs(trials[trials.length - 1].slowdown - SLOWDOWN) < 0.13);
});

Deno.test("leastEnough is the fewest steps that are slow enough, or the most that were tried", () => {
  assertEquals(leastEnough([{ steps: 8, slowdown: 1 }, { steps: 16, slowdown: 3 }, { steps: 9, slowdown: 1.6 }]), 9);
  assertEquals(leastEnough([{ steps: 8, slowdown: 1 }, { steps: 16, slowdown: 1.1 }]), 16);
});
