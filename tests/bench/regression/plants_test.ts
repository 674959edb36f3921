import { assert, assertEquals, assertThrows } from "@std/assert";
import { isNear, leastEnough, nextSteps, PLANTS, SLOWDOWN, withPlant } from "../../../bench/regression/plants.ts";

const ROOT = new URL("../../../", import.meta.url);

for (const plant of PLANTS) {
  Deno.test(`withPlant finds the beginning of a method in ${plant.file}`, async () => {
    const source = await Deno.readTextFile(new URL(plant.file, ROOT));
    const planted = withPlant(source, plant, 5);
    assert(planted.includes(`${plant.line}\n    plantedWork(5);\n`));
    const bench = await Deno.readTextFile(new URL(`bench/${plant.bench}_bench.ts`, ROOT));
    assert(bench.includes(`"${plant.row}"`), `${plant.bench} has no row ${plant.row}`);
  });
}

Deno.test("withPlant refuses a line that is not there, or twice", () => {
  const [plant] = PLANTS;
  assertThrows(() => withPlant("", plant, 5), Error, "has 0 lines");
  assertThrows(() => withPlant(`${plant.line}\n${plant.line}\n`, plant, 5), Error, "has 2 lines");
});

Deno.test("nextSteps doubles, halves, and then tries between", () => {
  assertEquals(nextSteps([{ steps: 8, slowdown: 1 }]), 16);
  assertEquals(nextSteps([{ steps: 8, slowdown: 2 }]), 4);
  assertEquals(nextSteps([{ steps: 8, slowdown: 1 }, { steps: 16, slowdown: 2 }]), 12);
  assertEquals(nextSteps([{ steps: 8, slowdown: 1 }, { steps: 9, slowdown: 2 }]), undefined);
});

Deno.test("nextSteps arrives at the slowdown that is wanted", () => {
  const slowdownOf = (steps: number) => 1 + steps * 0.003;
  const trials = [{ steps: 6, slowdown: slowdownOf(6) }];
  while (!isNear(trials[trials.length - 1])) {
    const steps = nextSteps(trials);
    assert(steps !== undefined && trials.length < 12);
    trials.push({ steps, slowdown: slowdownOf(steps) });
  }
  assert(Math.abs(trials[trials.length - 1].slowdown - SLOWDOWN) < 0.13);
});

Deno.test("leastEnough is the fewest steps that are slow enough, or the most that were tried", () => {
  assertEquals(leastEnough([{ steps: 8, slowdown: 1 }, { steps: 16, slowdown: 3 }, { steps: 9, slowdown: 1.6 }]), 9);
  assertEquals(leastEnough([{ steps: 8, slowdown: 1 }, { steps: 16, slowdown: 1.1 }]), 16);
});
