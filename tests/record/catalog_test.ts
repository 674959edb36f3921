import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { Catalog } from "../../src/record/catalog.ts";

const NAMES = ["pair", "side", "type", "venue", "desk"];

interface Handle {
  readonly id: number;
}

/** Values that are easily taken for one another, or for a property of every object. */
const values = fc.constantFrom(
  "",
  "1",
  "01",
  "a",
  "b",
  "a,b",
  "\u00e9",
  "e\u0301",
  "🚀",
  "__proto__",
  "constructor",
  "undefined",
);

function labelsOf(names: readonly string[], path: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name, i) => [name, path[i]]));
}

Deno.test("Catalog is a Map of label sets, whatever is added, looked up and deleted", () => {
  const command = fc.record({
    do: fc.constantFrom("add" as const, "find" as const, "delete" as const),
    path: fc.array(values, { minLength: 5, maxLength: 5, size: "max" }),
  });
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 5 }),
      fc.array(command, { maxLength: 80, size: "max" }),
      (depth, commands) => {
        const names = NAMES.slice(0, depth);
        const catalog = new Catalog<Handle>(names);
        const model = new Map<string, Handle>();
        commands.forEach(({ do: action, path: whole }, id) => {
          const path = whole.slice(0, depth);
          const key = JSON.stringify(path);
          if (action === "add") {
            const handle = { id };
            catalog.add(path, handle);
            model.set(key, handle);
          } else if (action === "delete" && model.has(key)) {
            catalog.delete(path);
            model.delete(key);
          }
          assertStrictEquals(catalog.find(labelsOf(names, path)), model.get(key));
          assertStrictEquals(catalog.get(path), model.get(key));
        });
        const entries = Array.from(catalog.entries(), ([path, handle]) => [JSON.stringify(path), handle] as const);
        assertEquals(new Map(entries), model);
        assertEquals(entries.length, model.size);
        const ids = Array.from(catalog.handles(), ({ id }) => id).toSorted((a, b) => a - b);
        assertEquals(ids, Array.from(model.values(), ({ id }) => id).toSorted((a, b) => a - b));
      },
    ),
    { seed: 2, numRuns: 300 },
  );
});

Deno.test("Catalog treats numbers and booleans as their text", () => {
  const catalog = new Catalog<Handle>(["code", "ok"]);
  const handle = { id: 1 };
  catalog.add(["200", "true"], handle);
  assertStrictEquals(catalog.find({ code: 200, ok: true }), handle);
  assertStrictEquals(catalog.find({ code: "200", ok: "true" }), handle);
  assertEquals(catalog.find({ code: 201, ok: true }), undefined);
});

Deno.test("Catalog.find does not confuse a missing label with a value that reads the same", () => {
  const catalog = new Catalog<Handle>(["side"]);
  catalog.add(["undefined"], { id: 1 });
  catalog.add(["null"], { id: 2 });
  catalog.add(["[object Object]"], { id: 3 });
  assertEquals(catalog.find({}), undefined);
  assertEquals(catalog.find({ side: null }), undefined);
  assertEquals(catalog.find({ side: {} }), undefined);
});

Deno.test("Catalog.delete leaves no empty level behind", () => {
  const catalog = new Catalog<Handle>(["pair", "side"]);
  catalog.add(["BTC", "buy"], { id: 1 });
  catalog.add(["BTC", "sell"], { id: 2 });
  catalog.delete(["BTC", "buy"]);
  assertEquals(catalog.find({ pair: "BTC", side: "sell" }), { id: 2 });
  catalog.delete(["BTC", "sell"]);
  assertEquals([...catalog.handles()], []);
  assertEquals(catalog.find({ pair: "BTC", side: "sell" }), undefined);
});

Deno.test("Catalog.find finds nothing for something that is no label set", () => {
  for (let depth = 1; depth <= NAMES.length; depth++) {
    const catalog = new Catalog<Handle>(NAMES.slice(0, depth));
    for (const labels of [undefined, null, 1, "BTC"]) assertEquals(catalog.find(labels as never), undefined);
  }
});

Deno.test("Catalog.clear deletes all label sets", () => {
  const catalog = new Catalog<Handle>(["pair", "side"]);
  catalog.add(["BTC", "buy"], { id: 1 });
  catalog.clear();
  assertEquals([[...catalog.entries()], catalog.get(["BTC", "buy"])], [[], undefined]);
});

Deno.test("Catalog.delete deletes the levels that become empty, and no other", () => {
  const catalog = new Catalog<Handle>(["pair", "side"]);
  catalog.add(["BTC", "buy"], { id: 1 });
  catalog.add(["BTC", "sell"], { id: 2 });
  const deleted: unknown[] = [];
  const { delete: original } = Map.prototype;
  Map.prototype.delete = function (key: unknown) {
    deleted.push(key);
    return original.call(this, key);
  };
  try {
    catalog.delete(["BTC", "buy"]);
    catalog.delete(["BTC", "sell"]);
  } finally {
    Map.prototype.delete = original;
  }
  assertEquals(deleted, ["buy", "sell", "BTC"]);
});
