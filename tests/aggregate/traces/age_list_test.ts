import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Aged, AgeList } from "../../../src/aggregate/traces/age_list.ts";

class Entry implements Aged<Entry> {
  older: Entry | undefined;
  newer: Entry | undefined;
  constructor(readonly id: number) {}
}

const step = fc.record({ isAdd: fc.boolean(), pick: fc.nat() });

Deno.test("AgeList is as an array that entries are added to and taken from anywhere", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
      const list = new AgeList<Entry>();
      const model: Entry[] = [];
      const gone: Entry[] = [];
      for (const [id, { isAdd, pick }] of steps.entries()) {
        if (isAdd || model.length === 0) {
          // One that has left may come back.
          const entry = gone.pop() ?? new Entry(id);
          list.add(entry);
          model.push(entry);
        } else {
          const [entry] = model.splice(pick % model.length, 1);
          list.remove(entry);
          assertEquals([entry.older, entry.newer], [undefined, undefined]);
          gone.push(entry);
        }
        assertEquals([...list].map(({ id }) => id), model.map(({ id }) => id).toReversed());
        assertEquals([list.size, list.oldest?.id], [model.length, model[0]?.id]);
      }
    }),
    { seed: 5 },
  );
});
