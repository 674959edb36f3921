import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { type InlineMetrics, inlineMetrics } from "../../src/testing/mod.ts";
import type { Timer } from "../../mod.ts";
import { distributionOf } from "../_support/snapshots.ts";
import { MOD, runScript } from "../_support/subprocess.ts";

function setUp(): InlineMetrics & { timer: Timer; recorded: () => Promise<[count: number, seconds: number]> } {
  const test = inlineMetrics();
  return {
    ...test,
    timer: test.metrics.timer("job"),
    recorded: async () => {
      const { count, sum } = distributionOf(await test.metrics.snapshot(), "job_seconds");
      return [count, sum];
    },
  };
}

Deno.test("Timer.wrap times a function and keeps this, arguments, result, name and length", async () => {
  await using test = setUp();
  const desk = {
    name: "desk",
    submit: test.timer.wrap(function submit(this: { name: string }, pair: string, amount: number): string {
      test.clock.advance(3);
      return `${this.name} ${pair} ${amount}`;
    }),
  };
  assertEquals(desk.submit("BTC-USD", 2), "desk BTC-USD 2");
  assertEquals([desk.submit.name, desk.submit.length], ["submit", 2]);
  assertEquals(await test.recorded(), [1, 0.003]);
});

Deno.test("Timer.wrap times a throw and passes the error on", async () => {
  await using test = setUp();
  const error = new Error("no liquidity");
  const submit = test.timer.wrap(() => {
    test.clock.advance(2);
    throw error;
  });
  assertStrictEquals(assertThrows(submit), error);
  assertEquals(await test.recorded(), [1, 0.002]);
});

Deno.test("Timer.wrap times a promise until it is fulfilled", async () => {
  await using test = setUp();
  const { promise, resolve } = Promise.withResolvers<string>();
  const submit = test.timer.wrap(() => promise);
  const result = submit();
  assertInstanceOf(result, Promise);
  test.clock.advance(7);
  assertEquals(await test.recorded(), [0, 0]);
  resolve("filled");
  assertEquals(await result, "filled");
  assertEquals(await test.recorded(), [1, 0.007]);
});

Deno.test("Timer.wrap times a promise until it is rejected, with the same reason", async () => {
  await using test = setUp();
  const error = new Error("refused");
  const submit = test.timer.wrap(async () => {
    await Promise.resolve();
    test.clock.advance(7);
    throw error;
  });
  assertStrictEquals(await assertRejects(submit), error);
  assertEquals(await test.recorded(), [1, 0.007]);
});

Deno.test("Timer.wrap keeps overlapping calls apart", async () => {
  await using test = setUp();
  const pending = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  const submit = test.timer.wrap((order: number) => pending[order].promise);
  const results = [submit(0), submit(1), submit(2)];
  for (const order of [2, 0, 1]) {
    test.clock.advance(1);
    pending[order].resolve();
    await results[order];
  }
  assertEquals(await test.recorded(), [3, 0.006]);
});

/** Runs its query when it is waited for, as builders of Knex, Mongoose and Drizzle do. */
class QueryBuilder {
  runs = 0;
  #table = "";

  from(table: string): this {
    this.#table = table;
    return this;
  }

  then<Result>(onFulfilled: (rows: string[]) => Result): Promise<Result> {
    this.runs += 1;
    return Promise.resolve([this.#table]).then(onFulfilled);
  }
}

Deno.test("Timer.wrap does not change a query builder, or run its query", async () => {
  await using test = setUp();
  const builder = new QueryBuilder();
  const select = test.timer.wrap(() => builder);
  const returned = select();
  assertStrictEquals(returned, builder);
  assertEquals([builder.runs, Reflect.ownKeys(builder)], [0, ["runs"]]);
  assertEquals([await returned.from("orders"), builder.runs], [["orders"], 1]);
  assertEquals(await test.recorded(), [1, 0]);

  const query = test.timer.wrap(async () => {
    const rows = await builder.from("trades");
    test.clock.advance(4);
    return rows;
  });
  assertEquals([await query(), builder.runs], [["trades"], 2]);
  assertEquals(await test.recorded(), [2, 0.004]);
});

Deno.test("Timer.wrap reads nothing of what a function returns, and hands it on as it is", async () => {
  await using test = setUp();
  const reads: PropertyKey[] = [];
  const watched = new Proxy({}, { get: (_, key) => void reads.push(key), has: (_, key) => !reads.push(key) });
  const proxied = new Proxy(Promise.resolve(1), {});
  const fake = Object.create(Promise.prototype);
  const generator = (function* () {})();
  const stream = new ReadableStream();
  for (const value of [watched, proxied, fake, { then: "the next one" }, generator, stream, null, undefined]) {
    assertStrictEquals(test.timer.wrap(() => value)(), value);
  }
  assertEquals([reads, (await test.recorded())[0]], [[], 8]);
});

Deno.test("Timer.wrap keeps what a function is: properties, new, this, new.target and its kind", async () => {
  await using test = setUp();
  const { timer } = test;
  class Order {
    static count = 0;
    readonly target: unknown;
    constructor(readonly pair: string) {
      this.target = new.target;
      Order.count += 1;
    }
  }
  const Timed = timer.wrap(Order as unknown as (pair: string) => Order) as unknown as typeof Order;
  const order = new Timed("BTC-USD");
  assertEquals([order.pair, order.constructor, order.target, Timed.count], ["BTC-USD", Order, Order, 1]);
  assertInstanceOf(order, Timed);
  class Limit extends Timed {}
  assertEquals(new Limit("ETH-USD").target, Limit);
  assertThrows(() => (Timed as unknown as () => void)(), TypeError, "cannot be invoked without 'new'");

  const submit = Object.assign(async function submit() {}, { retries: 3 });
  const timed = timer.wrap(submit);
  (timed as unknown as { retries: number }).retries += 1;
  assertEquals([submit.retries, timed.name, timed.constructor], [4, "submit", submit.constructor]);
  assertEquals(Reflect.ownKeys(timed), Reflect.ownKeys(submit));
  assertThrows(() => Reflect.construct(timed as () => void, []), TypeError, "not a constructor");
  assertEquals((await test.recorded())[0], 3);
});

Deno.test("Timer.wrap names what is no function", async () => {
  await using test = setUp();
  assertThrows(
    () => test.timer.wrap("submit" as unknown as () => void),
    TypeError,
    'Cannot time a function: operation must be a function, got "submit"',
  );
});

Deno.test("Timer.wrap leaves an unhandled rejection reported as such", async () => {
  const script = `import { createMetrics } from ${JSON.stringify(MOD)};
    const timer = createMetrics({ aggregation: "inline" }).timer("job");
    globalThis.addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      console.log("unhandled", event.reason.message);
    });
    timer.wrap(() => Promise.reject(new Error("refused")))();
    timer.wrap(() => Promise.reject(new Error("handled")))().catch(() => {});`;
  const { code, stdout, stderr } = await runScript(script, []);
  assertEquals([code, stdout, stderr], [0, "unhandled refused\n", ""]);
});

Deno.test("Timer.wrap keeps the types of parameters and result", async () => {
  await using test = setUp();
  const submit = test.timer.wrap((pair: string, amount = 1) => `${pair} ${amount}`);
  const text: string = submit("BTC-USD");
  assertEquals(text, "BTC-USD 1");
  // @ts-expect-error the first parameter is text
  submit(5);
  // @ts-expect-error the result is text
  const amount: number = submit("BTC-USD", 2);
  assertEquals(typeof amount, "string");
});
