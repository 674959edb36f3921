import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { type ContextOrigin, Tracing } from "../../src/record/tracing.ts";
import { Consumer } from "../../src/ring/consumer.ts";
import { Doorbell } from "../../src/ring/doorbell.ts";
import { Fact, Kind } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import { ringAt } from "../_support/ring/rings.ts";

const TRACE = Uint32Array.of(1, 2, 3, 4);
const SPAN = Uint32Array.of(5, 6);

function setUp(cursor = 0) {
  const time = { nowMs: 1_000 };
  const buffer = ringAt(64, cursor);
  const producer = new Producer(buffer, new Doorbell(new ArrayBuffer(4)), "drop-newest");
  const tracing = new Tracing({ now: () => time.nowMs }, producer);
  const consumer = new Consumer(buffer);
  /** Kind, context and first words of each record. */
  const records = () => {
    producer.publish();
    return Array.from({ length: consumer.available() }, (_, i) => {
      const at = ((consumer.tail + i) & consumer.mask) * 8;
      return [consumer.words[at + 5] & 0xff, consumer.words[at + 6], ...consumer.words.subarray(at, at + 4)];
    });
  };
  return { time, tracing, producer, facts: producer.facts, records };
}

function originOf(parts: Partial<ContextOrigin> = {}): ContextOrigin {
  return { isSampled: true, tracestate: "", hasRandomTraceId: false, ...parts };
}

/** Runs an action with these words in place of random ones, over and over. */
function withRandom<T>(words: readonly number[], action: () => T): T {
  const { getRandomValues } = crypto;
  crypto.getRandomValues = ((array: Uint32Array) => array.map((_, i) => array[i] = words[i % words.length])) as never;
  try {
    return action();
  } finally {
    crypto.getRandomValues = getRandomValues;
  }
}

Deno.test("Tracing is inactive, writes nothing and looks for no context until it is activated", () => {
  const { tracing, facts, records } = setUp();
  tracing.foreign = () => tracing.open(originOf());
  assertEquals([tracing.isActive, tracing.current], [false, undefined]);
  tracing.noteTime();
  assertEquals([[...facts], records()], [[0, 0, 0], []]);
});

Deno.test("Tracing.activate notes time and salt once, and reports it once", () => {
  const { tracing, facts } = setUp();
  let active = 0;
  tracing.onActive = () => active++;
  tracing.activate();
  const salt = facts[Fact.salt];
  tracing.activate();
  tracing.open(originOf());
  assert(tracing.isActive && salt > 0);
  assertEquals([active, facts[Fact.salt], facts[Fact.clockMs]], [1, salt, 1_000]);
});

Deno.test("Tracing.activate takes a salt of one for a random word of zero", () => {
  const { tracing, facts } = setUp();
  withRandom([0], () => tracing.activate());
  assertEquals(facts[Fact.salt], 1);
  const other = setUp();
  withRandom([7], () => other.tracing.activate());
  assertEquals(other.facts[Fact.salt], 7);
});

Deno.test("Tracing.noteTime shows that the clock is being read, and writes its time and origin afterwards", () => {
  const { time, tracing, facts } = setUp();
  tracing.activate();
  const origin = facts[Fact.originMs];
  assert(Math.abs(origin + 1_000 - Date.now()) < 60_000);
  facts[Fact.originMs] = 0;
  const during: number[] = [];
  const clockMs = facts[Fact.clockMs];
  Object.defineProperty(time, "nowMs", { get: () => during.push(facts[Fact.clockMs]) && clockMs });
  tracing.noteTime();
  assertEquals(during.every(Number.isNaN), true);
  assert(Math.abs(facts[Fact.originMs] - origin) < 60_000);
  assertEquals(facts[Fact.clockMs], 1_000);
});

Deno.test("Tracing.current is the context of the storage, else that of another library", () => {
  const { tracing } = setUp();
  const [own, foreign] = [tracing.open(originOf()), tracing.open(originOf())];
  assertEquals(tracing.current, undefined);
  tracing.storage.run(own, () => assertStrictEquals(tracing.current, own));
  tracing.foreign = () => foreign;
  assertStrictEquals(tracing.current, foreign);
  tracing.storage.run(own, () => assertStrictEquals(tracing.current, own));
});

Deno.test("Tracing.open gives a trace the number of its record's position, which is never zero", () => {
  for (const cursor of [0, 5]) {
    const { tracing, records } = setUp(cursor);
    const first = tracing.open(originOf({ traceWords: TRACE }));
    const second = tracing.open(originOf({ traceWords: TRACE, parentWords: SPAN }));
    const start = cursor === 0 ? 1 : 5;
    assertEquals([first.number, second.number], [start, start + 1]);
    assertEquals(records(), [
      ...(cursor === 0 ? [[Kind.context, 0, ...TRACE]] : []),
      [Kind.context, start, ...TRACE],
      [Kind.context, start + 1, ...TRACE],
      [Kind.contextParent, start + 1, ...SPAN, 0, 0],
    ]);
  }
});

Deno.test("Tracing.open makes a span of the salt and the number, with what it was opened with", () => {
  const { tracing, facts } = setUp(5);
  const context = tracing.open(originOf({ traceWords: TRACE, parentWords: SPAN, tracestate: "a=b" }));
  assertEquals(context.spanWords, Uint32Array.of(facts[Fact.salt], 5));
  const { traceWords, parentId, isSampled, tracestate, hasRandomTraceId } = context;
  assertStrictEquals(traceWords, TRACE);
  assertEquals([parentId, isSampled, tracestate, hasRandomTraceId], ["0000000500000006", true, "a=b", false]);
  assertEquals(tracing.open(originOf({ traceWords: TRACE, hasRandomTraceId: true })).hasRandomTraceId, true);
});

Deno.test("Tracing.open records nothing of a trace that is not sampled, and gives it a random span", () => {
  const { tracing, facts, records } = setUp(5);
  const open = () => tracing.open(originOf({ isSampled: false, parentWords: SPAN }));
  const [first, second] = [open(), open()];
  assertEquals([first.number, records()], [0, []]);
  assertEquals(first.spanWords[0], facts[Fact.salt]);
  assertNotEquals(first.spanWords, second.spanWords);
});

Deno.test("Tracing.open makes random ids of traces, different beyond one draw of random words", () => {
  const { tracing } = setUp(5);
  const contexts = Array.from({ length: 300 }, () => tracing.open(originOf()));
  assertEquals(new Set(contexts.map(({ traceId }) => traceId)).size, contexts.length);
  for (let word = 0; word < 4; word++) {
    assert(new Set(contexts.map(({ traceWords }) => traceWords[word])).size > 290);
  }
  assertEquals(contexts.every(({ hasRandomTraceId, traceWords }) => hasRandomTraceId && traceWords.length === 4), true);
});

Deno.test("Tracing.open makes no id of zeros", () => {
  const { tracing } = setUp(5);
  assertEquals(withRandom([0], () => tracing.open(originOf())).traceWords, Uint32Array.of(0, 0, 0, 1));
  const other = setUp(5);
  assertEquals(withRandom([9], () => other.tracing.open(originOf())).traceWords, Uint32Array.of(9, 9, 9, 9));
});

Deno.test("Tracing.adopt writes the span of another library, if that records it", () => {
  const { tracing, records } = setUp(5);
  const span = { traceWords: TRACE, spanWords: SPAN, isSampled: true, tracestate: "a=b", hasRandomTraceId: true };
  const context = tracing.adopt(span);
  assertEquals(records(), [[Kind.context, 5, ...TRACE], [Kind.contextSpan, 5, ...SPAN, 0, 0]]);
  const { number, traceWords, spanWords, isSampled, tracestate, hasRandomTraceId, parentId } = context;
  assertEquals({ traceWords, spanWords, isSampled, tracestate, hasRandomTraceId }, span);
  assertEquals([number, parentId, tracing.isActive], [5, undefined, true]);
  assertEquals([tracing.adopt({ ...span, isSampled: false }).number, records().length], [0, 2]);
});

Deno.test("Tracing.random is uniform in [0, 1)", () => {
  const { tracing } = setUp();
  const numbers = Array.from({ length: 2_000 }, () => tracing.random());
  const mean = numbers.reduce((sum, each) => sum + each) / numbers.length;
  assert(numbers.every((each) => each >= 0 && each < 1) && Math.abs(mean - 0.5) < 0.1);
});
