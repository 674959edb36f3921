import { assertEquals, assertThrows } from "@std/assert";
import { counted, type Counter, timed } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { distributionOf, valueOf } from "../_support/snapshots.ts";

Deno.test("counted counts calls, throws included, and keeps this, arguments, result, name and length", async () => {
  await using test = inlineMetrics();
  const calls = test.metrics.counter("calls_total");
  class Executor {
    readonly venue = "XV";
    @counted(calls)
    execute(order: string, amount: number): string {
      if (amount < 0) throw new RangeError("negative");
      return `${this.venue} ${order} ${amount}`;
    }
  }
  assertEquals(new Executor().execute("buy", 2), "XV buy 2");
  assertThrows(() => new Executor().execute("buy", -1), RangeError, "negative");
  assertEquals([Executor.prototype.execute.name, Executor.prototype.execute.length], ["execute", 2]);
  assertEquals(valueOf(await test.metrics.snapshot(), "calls_total"), 2);
});

Deno.test("counted finds the counter on the instance, and calls uncounted where there is none", async () => {
  await using test = inlineMetrics();
  class Executor {
    readonly id = this.execute("early");
    readonly calls: Counter = test.metrics.counter("calls_total");
    @counted((self: Executor) => self.calls)
    execute(order: string): string {
      return `${order} sent`;
    }
  }
  const executor = new Executor();
  const { execute } = executor;
  const results = [executor.id, execute("detached"), executor.execute("late")];
  assertEquals(results, ["early sent", "detached sent", "late sent"]);
  assertEquals(valueOf(await test.metrics.snapshot(), "calls_total"), 1);
});

Deno.test("counted below timed keeps an async method timed until it settles, used or not", async () => {
  await using test = inlineMetrics();
  const calls = test.metrics.counter("calls_total");
  const execution = test.metrics.timer("execution");
  const { promise, resolve } = Promise.withResolvers<void>();
  class Executor {
    @timed(execution)
    @counted(calls)
    async execute(): Promise<void> {
      await promise;
    }
  }
  const done = new Executor().execute();
  test.clock.advance(5);
  resolve();
  await done;
  const snapshot = await test.metrics.snapshot();
  assertEquals([valueOf(snapshot, "calls_total"), distributionOf(snapshot, "execution_seconds").sum], [1, 0.005]);
});

Deno.test("counted on what is not a method is a TypeError", async () => {
  await using test = inlineMetrics();
  const decorator = counted(test.metrics.counter("calls_total")) as unknown as (value: unknown, on?: unknown) => void;
  const message = "Cannot apply @counted: its target must be a method";
  assertThrows(() => decorator(() => {}, { kind: "field" }), TypeError, message);
  assertThrows(() => decorator({}, "execute"), TypeError, message);
});
