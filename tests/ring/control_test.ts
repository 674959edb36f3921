import { assertEquals, assertNotEquals } from "@std/assert";
import { Control, createControlBuffer, DISABLED } from "../../src/ring/control.ts";

Deno.test("Control is one for all that share its memory", () => {
  const buffer = createControlBuffer(true);
  const [mine, theirs] = [new Control(buffer), new Control(buffer)];
  mine.set(true, 0.1);
  assertEquals([theirs.enabled, theirs.samplingRate], [true, 0.1]);
  theirs.set(false, 0.25);
  assertEquals([mine.enabled, mine.samplingRate], [false, 0.25]);
});

Deno.test("Control has a word of its own for each setting, and one for nothing at all", () => {
  const control = new Control(createControlBuffer(false));
  const words = [0, 1e-8, 0.1, 0.100_000_01, 0.5, 1].map((rate) => {
    control.set(true, rate);
    return control.word[0];
  });
  assertEquals(new Set(words).size, words.length);
  for (const word of words) assertNotEquals(word, DISABLED);
  control.set(false, 0.5);
  assertEquals(control.word[0], DISABLED);
});
