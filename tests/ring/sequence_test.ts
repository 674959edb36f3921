import { assertEquals } from "@std/assert";
import { createSequence, Sequence } from "../../src/ring/sequence.ts";

Deno.test("Sequence.next is greater than any number of other threads, and stays the same while no other draws", () => {
  for (const shared of [true, false]) {
    const words = createSequence(shared);
    const [first, second] = [new Sequence(words), new Sequence(words)];
    const numbers = [first, first, second, second, first, second].map((end) => end.next());
    assertEquals(numbers, [1, 1, 2, 2, 3, 4]);
  }
});

Deno.test("Sequence continues when its count wraps, at every half of the range", () => {
  const words = createSequence(true);
  const ends = [new Sequence(words), new Sequence(words)];
  for (let crossing = 1; crossing <= 5; crossing++) {
    // Three numbers before the count comes to the next half of its range.
    new Int32Array(words)[0] = crossing * 2 ** 31 - 3;
    const numbers = Array.from({ length: 6 }, (_, i) => ends[i % 2].next());
    assertEquals(numbers, Array.from({ length: 6 }, (_, i) => crossing * 2 ** 31 - 3 + i));
  }
});

Deno.test("createSequence makes shared memory only for several threads", () => {
  assertEquals(createSequence(true) instanceof SharedArrayBuffer, true);
  assertEquals(createSequence(false) instanceof ArrayBuffer, true);
});
