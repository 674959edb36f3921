import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { timed, type Timer } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { distributionOf } from "../_support/snapshots.ts";

Deno.test("timed times a method and keeps this, arguments and result", async () => {
  await using test = inlineMetrics();
  const execution = test.metrics.timer("execution");
  class Executor {
    readonly venue = "XV";
    @timed(execution)
    execute(order: string, amount: number): string {
      test.clock.advance(3);
      return `${this.venue} ${order} ${amount}`;
    }
  }
  assertEquals(new Executor().execute("buy", 2), "XV buy 2");
  assertEquals([Executor.prototype.execute.name, Executor.prototype.execute.length], ["execute", 2]);
  const { count, sum } = distributionOf(await test.metrics.snapshot(), "execution_seconds");
  assertEquals([count, sum], [1, 0.003]);
});

Deno.test("timed finds the timer on the instance at each call", async () => {
  await using test = inlineMetrics();
  const latency = test.metrics.timer("latency", { labels: ["venue"] });
  class Executor {
    constructor(readonly timer: Timer) {}
    @timed((self: Executor) => self.timer)
    execute(ms: number): void {
      test.clock.advance(ms);
    }
  }
  new Executor(latency.with({ venue: "a" })).execute(1);
  new Executor(latency.with({ venue: "b" })).execute(2);
  const snapshot = await test.metrics.snapshot();
  assertEquals(distributionOf(snapshot, "latency_seconds", { venue: "a" }).sum, 0.001);
  assertEquals(distributionOf(snapshot, "latency_seconds", { venue: "b" }).sum, 0.002);
});

Deno.test("timed ends when an async method settles, fulfilled or rejected", async () => {
  await using test = inlineMetrics();
  const execution = test.metrics.timer("execution");
  class Executor {
    @timed(execution)
    async execute(reply: Promise<string>): Promise<string> {
      return `sent ${await reply}`;
    }
  }
  const { promise, resolve } = Promise.withResolvers<string>();
  const result = new Executor().execute(promise);
  test.clock.advance(5);
  resolve("buy");
  assertEquals(await result, "sent buy");
  await assertRejects(() => new Executor().execute(Promise.reject(new Error("refused"))), Error, "refused");
  const { count, sum } = distributionOf(await test.metrics.snapshot(), "execution_seconds");
  assertEquals([count, sum], [2, 0.005]);
});

Deno.test("timed times a method that throws", async () => {
  await using test = inlineMetrics();
  const execution = test.metrics.timer("execution");
  class Executor {
    @timed(execution)
    execute(): void {
      test.clock.advance(5);
      throw new RangeError("too much");
    }
  }
  assertThrows(() => new Executor().execute(), RangeError, "too much");
  const { count, sum } = distributionOf(await test.metrics.snapshot(), "execution_seconds");
  assertEquals([count, sum], [1, 0.005]);
});

Deno.test("timed works on static and private methods", async () => {
  await using test = inlineMetrics();
  const execution = test.metrics.timer("execution");
  class Executor {
    @timed(execution)
    static create(): Executor {
      test.clock.advance(1);
      return new Executor();
    }
    @timed(execution)
    #submit(): string {
      test.clock.advance(2);
      return "sent";
    }
    execute(): string {
      return this.#submit();
    }
  }
  assertEquals(Executor.create().execute(), "sent");
  const { count, sum } = distributionOf(await test.metrics.snapshot(), "execution_seconds");
  assertEquals([count, sum], [2, 0.003]);
});

Deno.test("timed does not wait for what only has a then, and hands it on as it is", async () => {
  await using test = inlineMetrics();
  const execution = test.metrics.timer("execution");
  const lazy = {
    isBegun: false,
    then(onFulfilled: (value: string) => void): void {
      this.isBegun = true;
      onFulfilled("sent");
    },
  };
  class Executor {
    @timed(execution)
    execute(): typeof lazy {
      test.clock.advance(1);
      return lazy;
    }
  }
  const result = new Executor().execute();
  assertEquals([result === lazy, lazy.isBegun], [true, false]);
  assertEquals(await result, "sent");
  assertEquals(distributionOf(await test.metrics.snapshot(), "execution_seconds").sum, 0.001);
});

Deno.test("timed calls a method untimed where its timer cannot be found", async () => {
  await using test = inlineMetrics();
  class Executor {
    readonly id = this.execute("early");
    readonly timer = test.metrics.timer("execution");
    @timed((self: Executor) => self.timer)
    execute(order: string): string {
      return `${order} sent`;
    }
  }
  const executor = new Executor();
  const { execute } = executor;
  assertEquals([executor.id, execute("detached"), executor.execute("late")], [
    "early sent",
    "detached sent",
    "late sent",
  ]);
  assertEquals(distributionOf(await test.metrics.snapshot(), "execution_seconds").count, 1);
});

Deno.test("timed on what is not a method is a TypeError", async () => {
  await using test = inlineMetrics();
  const execution = test.metrics.timer("execution");
  const decorator = timed(execution) as unknown as (value: unknown, context?: unknown) => void;
  for (const kind of ["field", "getter", "setter", "accessor", "class"]) {
    assertThrows(
      () => decorator(() => {}, { kind }),
      TypeError,
      `Cannot apply @timed: its target must be a method, got "${kind}"`,
    );
  }
  // What a compiler with the old decorators would pass.
  assertThrows(() => decorator({}, "execute"), TypeError, "its target must be a method");
  assertThrows(() => decorator(() => {}), TypeError, 'got "no decorator context"');
});

Deno.test("timed refuses by its types what is not a method, and a timer that the class does not have", async () => {
  await using test = inlineMetrics();
  const execution = test.metrics.timer("execution");
  assertThrows(
    () => {
      class Executor {
        // @ts-expect-error a field is no method
        @timed(execution)
        execute = () => "sent";
      }
      return Executor;
    },
    TypeError,
    'got "field"',
  );
  class Executor {
    // @ts-expect-error there is no such timer
    @timed((self: { readonly latency: Timer }) => self.latency)
    execute(): void {}
  }
  assertEquals(typeof Executor, "function");
});
