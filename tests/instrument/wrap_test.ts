import { assertEquals, assertInstanceOf, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { type InlineMetrics, inlineMetrics } from "../../src/testing/mod.ts";
import type { Timer } from "../../mod.ts";
import { distributionOf } from "../snapshots.ts";
import { MOD, runScript } from "../subprocess.ts";

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

Deno.test("Timer.wrap times a thenable that is no promise until it settles, and hands on its value", async () => {
  await using test = setUp();
  // A then that gives nothing back, as callback-style libraries have it, and one on a function.
  const callback = {
    then(onFulfilled: (value: string) => unknown): void {
      test.clock.advance(4);
      onFulfilled("filled");
    },
  };
  const callable = Object.assign(() => {}, {
    then(onFulfilled: (value: string) => unknown): Promise<unknown> {
      test.clock.advance(4);
      return Promise.resolve(onFulfilled("filled"));
    },
  });
  const thenables = [callback, callable] as unknown as PromiseLike<string>[];
  for (const thenable of thenables) assertEquals(await test.timer.wrap(() => thenable)(), "filled");
  assertEquals(await test.recorded(), [2, 0.008]);
});

Deno.test("Timer.wrap times a thenable whose then throws", async () => {
  await using test = setUp();
  const submit = test.timer.wrap((): PromiseLike<string> => ({
    then(): never {
      test.clock.advance(4);
      throw new Error("broken thenable");
    },
  }));
  await assertRejects(async () => await submit(), Error, "broken thenable");
  assertEquals(await test.recorded(), [1, 0.004]);
});

Deno.test("Timer.wrap does not take for a promise what only has a field named then", async () => {
  await using test = setUp();
  const step = { then: "the next one" };
  assertStrictEquals(test.timer.wrap(() => step)(), step);
  assertEquals(test.timer.wrap(() => null)(), null);
  assertEquals((await test.recorded())[0], 2);
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
