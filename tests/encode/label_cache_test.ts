import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import type { Labels } from "../../src/model/model.ts";
import { ByteWriter } from "../../src/encode/byte_writer.ts";
import { LabelCache } from "../../src/encode/label_cache.ts";

/** A cache that writes ids, and how often it was asked to. */
class Counted {
  writtenCount = 0;
  readonly cache: LabelCache = new LabelCache((labels, writer) => {
    this.writtenCount += 1;
    writer.text(`${labels.id};`);
  });

  /** What a pass over label sets writes, and for how many it had to turn labels into bytes. */
  pass(owner: object, sets: readonly Labels[]): [text: string, writtenCount: number] {
    const before = this.writtenCount;
    const writer = new ByteWriter();
    this.cache.begin(owner);
    for (const labels of sets) this.cache.append(labels, writer);
    return [new TextDecoder().decode(writer.take()), this.writtenCount - before];
  }
}

function labelSets(count: number, first = 0): Labels[] {
  return Array.from({ length: count }, (_, i) => ({ id: String(first + i) }));
}

function textOf(sets: readonly Labels[]): string {
  return sets.map(({ id }) => `${id};`).join("");
}

Deno.test("LabelCache encodes label sets once", () => {
  const counted = new Counted();
  const owner = {};
  const sets = labelSets(1_000);
  assertEquals(counted.pass(owner, sets), [textOf(sets), 1_000]);
  assertEquals(counted.pass(owner, sets), [textOf(sets), 0]);
  assertEquals(counted.pass(owner, sets), [textOf(sets), 0]);
});

Deno.test("LabelCache recognises a repeated label set", () => {
  const counted = new Counted();
  const owner = {};
  const sets = labelSets(20);
  assertEquals(counted.pass(owner, sets)[1], 20);
  const repeated = sets.flatMap((labels) => [labels, labels, labels]);
  assertEquals(counted.pass(owner, repeated), [textOf(repeated), 0]);
  assertEquals(new Counted().pass(owner, repeated), [textOf(repeated), 20]);
});

Deno.test("LabelCache compares objects, not their contents", () => {
  const counted = new Counted();
  const owner = {};
  counted.pass(owner, labelSets(3));
  assertEquals(counted.pass(owner, labelSets(3)), ["0;1;2;", 3]);
});

Deno.test("LabelCache keeps owners apart", () => {
  const counted = new Counted();
  const [first, second] = [{}, {}];
  const sets = labelSets(5);
  assertEquals(counted.pass(first, sets)[1], 5);
  assertEquals(counted.pass(second, sets), [textOf(sets), 5]);
  assertEquals(counted.pass(first, sets)[1] + counted.pass(second, sets)[1], 0);
});

Deno.test("LabelCache skips removed label sets, and encodes those added at the end", () => {
  const counted = new Counted();
  const owner = {};
  const sets = labelSets(100);
  counted.pass(owner, sets);
  const fewer = sets.filter((_, i) => i % 3 !== 0);
  assertEquals(counted.pass(owner, fewer), [textOf(fewer), 0]);
  const more = [...fewer, ...labelSets(10, 100)];
  // The last of the old ones went, too, so the new ones come where it was.
  assertEquals(counted.pass(owner, more), [textOf(more), 10]);
  assertEquals(counted.pass(owner, more), [textOf(more), 0]);
  // Back again.
  assertEquals(counted.pass(owner, sets)[0], textOf(sets));
});

Deno.test("LabelCache encodes everything behind an inserted label set, once", () => {
  const counted = new Counted();
  const owner = {};
  const sets = labelSets(100);
  counted.pass(owner, sets);
  const more = [...sets.slice(0, 90), { id: "new" }, ...sets.slice(90)];
  assertEquals(counted.pass(owner, more), [textOf(more), 11]);
  assertEquals(counted.pass(owner, more), [textOf(more), 0]);
});

Deno.test("LabelCache forgets removed label sets when they are the majority and new ones are added", () => {
  const counted = new Counted();
  const owner = {};
  const sets = labelSets(1_000);
  counted.pass(owner, sets);
  const few = sets.filter((_, i) => i % 25 === 0);
  assertEquals(counted.pass(owner, few)[1], 0);
  assertEquals(counted.pass(owner, few)[1], 0, "a family may show less than others of its owner");
  const more = [...few, { id: "new" }];
  assertEquals(counted.pass(owner, more), [textOf(more), 1]);
  assertEquals(counted.pass(owner, more), [textOf(more), 41], "it has begun anew");
  assertEquals(counted.pass(owner, more)[1], 0);
});

Deno.test("LabelCache keeps up to 64 label sets more than twice the used ones", () => {
  /** How many of the last pass are encoded again after a pass over three label sets of these, and a new one. */
  const encodedAgain = (count: number) => {
    const counted = new Counted();
    const owner = {};
    const sets = labelSets(count);
    counted.pass(owner, sets);
    const used = [...sets.slice(0, 2), ...sets.slice(-1)];
    for (let i = 0; i < 3; i++) assertEquals(counted.pass(owner, used)[1], 0);
    const more = [...used, ...labelSets(2, count)];
    assertEquals(counted.pass(owner, more), [textOf(more), 2]);
    assertEquals(counted.pass(owner, more.slice(-2))[1], 0);
    return counted.pass(owner, more)[1];
  };
  assertEquals([encodedAgain(70), encodedAgain(71)], [0, 5]);
});

Deno.test("LabelCache forgets nothing in a pass over nothing", () => {
  const counted = new Counted();
  const owner = {};
  const sets = labelSets(10);
  counted.pass(owner, sets);
  assertEquals(counted.pass(owner, []), ["", 0]);
  assertEquals(counted.pass(owner, sets), [textOf(sets), 0]);
});

Deno.test("LabelCache writes what a fresh one would, whatever is added and removed", () => {
  const step = fc.record({
    hidden: fc.array(fc.nat(60), { maxLength: 50 }),
    inserted: fc.array(fc.nat(60), { maxLength: 5 }),
    appended: fc.nat(5),
    repeats: fc.integer({ min: 1, max: 3 }),
    given: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.nat(50), fc.array(step, { maxLength: 12 }), (count, steps) => {
      const counted = new Counted();
      const owner = {};
      let sets = labelSets(count);
      for (const { hidden, inserted, appended, repeats, given } of steps) {
        for (const at of inserted) sets = sets.toSpliced(at, 0, ...labelSets(1, 1_000 + at));
        sets = [...sets, ...labelSets(appended, 2_000)];
        const shown = sets.filter((_, i) => !hidden.includes(i));
        if (given) sets = shown;
        const pass = shown.flatMap((labels) => Array<Labels>(repeats).fill(labels));
        const [text, writtenCount] = counted.pass(owner, pass);
        assertEquals(text, textOf(pass));
        assertLessOrEqual(writtenCount, shown.length);
      }
    }),
    { seed: 1, numRuns: 500 },
  );
});
