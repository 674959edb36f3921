import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { withKpis } from "../../src/instrument/kpi.ts";
import type { Kpi } from "../../src/model/kpi.ts";

const BACKLOG: Kpi = {
  name: "backlog",
  metric: "queue_backlog",
  statistic: "value",
  direction: "below",
  target: 1_000,
  critical: 10_000,
};

function declare(...kpis: readonly unknown[]): readonly Kpi[] {
  return [...withKpis(new Map(), kpis as Kpi[]).values()];
}

const WRONG: readonly [given: Readonly<Record<string, unknown>>, error: ErrorConstructor, message: string][] = [
  [{ name: 1 }, TypeError, "kpis[0].name must be a string, got 1"],
  [{ name: "" }, RangeError, 'kpis[0].name must be text that UTF-8 can encode, and not empty, got ""'],
  [{ name: "a".repeat(257) }, RangeError, "kpis[0].name must have at most 256 characters"],
  [{ metric: undefined }, TypeError, "kpis[0].metric must be a string, got undefined"],
  [{ metric: "\ud800" }, RangeError, "kpis[0].metric must be text that UTF-8 can encode, and not empty"],
  [
    { statistic: "p98" },
    RangeError,
    'kpis[0].statistic must be "p99", "rate" or "value", got "p98"; did you mean "p99"?',
  ],
  [{ statistic: 99 }, TypeError, 'kpis[0].statistic must be "p99", "rate" or "value", got 99'],
  [{ direction: "left" }, RangeError, 'kpis[0].direction must be "below" or "above", got "left"'],
  [{ target: "5ms" }, TypeError, 'kpis[0].target must be a finite number, got "5ms"'],
  [{ target: NaN }, RangeError, "kpis[0].target must be a finite number, got NaN"],
  [{ critical: Infinity }, RangeError, "kpis[0].critical must be a finite number, got Infinity"],
  [{ critical: 1_000 }, RangeError, "kpis[0].target must be below critical, 1000, got 1000"],
  [{ direction: "above" }, RangeError, "kpis[0].target must be above critical, 10000, got 1000"],
];

for (const [given, error, message] of WRONG) {
  Deno.test(`KPIs are refused where ${message}`, () => {
    assertThrows(() => declare({ ...BACKLOG, ...given }), error as typeof Error, `Cannot declare KPIs: ${message}`);
  });
}

Deno.test("KPIs are refused that are no list of objects, too many, or declared twice at once", () => {
  assertThrows(() => withKpis(new Map(), {} as Kpi[]), TypeError, "kpis must be an array, got {}");
  assertThrows(() => declare(null), TypeError, "kpis[0] must be an object, got null");
  assertThrows(() => withKpis(new Map(), new Array<Kpi>(1)), TypeError, "kpis[0] must be an object, got undefined");
  assertThrows(() => declare(BACKLOG, BACKLOG), RangeError, "kpis[1].name must be unique");
  const many = Array.from({ length: 1_001 }, (_, i) => ({ ...BACKLOG, name: `k${i}` }));
  assertThrows(() => declare(...many), RangeError, "the number of KPIs must be at most 1000, got 1001");
});

Deno.test("KPIs may omit thresholds, and are kept without unknown members", () => {
  const { target: _, critical: __, ...open } = BACKLOG;
  assertEquals(declare({ ...open, unit: "events" }), [{ ...open, target: undefined, critical: undefined }]);
});

Deno.test("withKpis replaces by name, and keeps the order of the first declarations", () => {
  const names = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e"));
  fc.assert(fc.property(fc.array(names), (declarations) => {
    let kpis: ReadonlyMap<string, Kpi> = new Map();
    const expected = new Map<string, number>();
    for (const [at, declaration] of declarations.entries()) {
      kpis = withKpis(kpis, declaration.map((name) => ({ ...BACKLOG, name, target: at })));
      for (const name of declaration) expected.set(name, at);
    }
    assertEquals(Array.from(kpis.values(), ({ name, target }) => [name, target]), [...expected]);
    assert([...kpis.values()].every((kpi) => Object.isFrozen(kpi)));
  }));
});
