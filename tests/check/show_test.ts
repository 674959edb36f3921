import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import { HIDDEN, show, SHOWN_LENGTH_MAX } from "../../src/check/show.ts";

/** An object that counts how often anything of it is looked at. */
function counted<Value extends object>(value: Value, counts: { looks: number }): Value {
  const look = <Result>(result: Result): Result => {
    counts.looks += 1;
    return result;
  };
  return new Proxy(value, {
    get: (target, key) => look(Reflect.get(target, key)),
    getOwnPropertyDescriptor: (target, key) => look(Reflect.getOwnPropertyDescriptor(target, key)),
  });
}

function fail(): never {
  throw new Error("must not be called");
}

for (
  const [given, expected] of [
    ["text", '"text"'],
    [5, "5"],
    [-0, "0"],
    [NaN, "NaN"],
    [undefined, "undefined"],
    [null, "null"],
    [true, "true"],
    [12n, "12n"],
    [10n ** 100_000n, "a bigint of many digits"],
    [Symbol("own"), "Symbol(own)"],
    [Symbol(), "Symbol()"],
    [HIDDEN, "a hidden value"],
    [() => {}, "a function"],
    [class Own {}, "a function"],
    [[1, "a", [null, undefined]], '[1,"a",[null,undefined]]'],
    // deno-lint-ignore no-sparse-arrays
    [[, 1], "[undefined,1]"],
    [{ a: 1, b: { c: [2n] } }, '{"a":1,"b":{"c":[2n]}}'],
    [Object.create(null), "{}"],
    [new Map([[1, 2]]), "an object of class Map"],
    [new URL("http://user:password@127.0.0.1"), "an object of class URL"],
    [Object.assign(new Error(), { message: 5 }), '{"message":5}'],
    [new (class {})(), "an object of a class without a name"],
    [{ toJSON: fail }, '{"toJSON":a function}'],
    [Object.defineProperty({}, "a", { get: fail, enumerable: true }), '{"a":…}'],
    [new Proxy({}, { getPrototypeOf: fail }), "an object"],
    [new Proxy({ a: 1 }, { ownKeys: fail }), "an object"],
    [new Proxy([1], { get: fail }), "an object"],
    ["x".repeat(81), `"${"x".repeat(79)}…"`],
    ["\u0000".repeat(1_000), `"${"\\u0000".repeat(13)}…"`],
  ] as const
) {
  Deno.test(`show renders ${typeof given} as ${expected.slice(0, 40)}`, () => assertEquals(show(given), expected));
}

Deno.test("show renders a revoked proxy", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assertEquals(show(proxy), "an object");
});

Deno.test("show is a line of bounded length, whatever it is given, and never throws", () => {
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withNullPrototype: true,
        withSparseArray: true,
        withTypedArray: true,
        withMap: true,
        withObjectString: true,
      }),
      (given) => {
        const line = show(given);
        assert(line.length > 0);
        assertLessOrEqual(line.length, SHOWN_LENGTH_MAX);
      },
    ),
    { seed: 22 },
  );
});

Deno.test("show is a line of bounded length for any text, alone or within something", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      for (const given of [text, [text], { [text]: text }, Symbol(text)]) {
        assertLessOrEqual(show(given).length, SHOWN_LENGTH_MAX);
      }
      if (text.length <= 13) assertEquals(JSON.parse(show(text)), text);
    }),
    { seed: 22 },
  );
});

Deno.test("show looks at few members, however many there are, one within another or all the same", () => {
  const bomb = (members: (inner: unknown) => object) => {
    const counts = { looks: 0 };
    let value: unknown = 1;
    for (let level = 0; level < 60; level++) value = counted(members(value), counts);
    assertLessOrEqual(show(value).length, SHOWN_LENGTH_MAX);
    return counts.looks;
  };
  assertLessOrEqual(bomb((inner) => Array(9).fill(inner)), 500);
  assertLessOrEqual(bomb((inner) => ({ a: inner, b: inner, c: inner })), 500);
  assertLessOrEqual(bomb(() => Array(100_000).fill([])), 500);
  assertLessOrEqual(
    bomb(() => Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [index, undefined]))),
    500,
  );
});

Deno.test("show renders what holds itself", () => {
  const list: unknown[] = [];
  list.push({ list });
  assertEquals(show(list), "an object");
  const twice = { a: 1 };
  assertEquals(show([twice, twice]), '[{"a":1},{"a":1}]');
});
