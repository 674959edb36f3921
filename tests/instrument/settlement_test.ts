import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { setImmediate } from "node:timers/promises";
import { runInNewContext } from "node:vm";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { distributionOf } from "../_support/snapshots.ts";

type Make = () => Promise<unknown>;
type Wrap = (make: Make) => Make;

/** A program: a function that makes a promise, and what is done with the promise of each of its calls. */
interface Program {
  readonly origin: string;
  readonly fails: boolean;
  readonly uses: readonly string[];
}

/** One run of a program. */
class Run {
  readonly log: string[] = [];
  readonly promises: unknown[] = [];
  readonly #turns = Array.from({ length: 4 }, () => Promise.withResolvers<void>());

  constructor(readonly program: Program, readonly reason: Error) {}

  /** Resolves in a later turn of the event loop. */
  turn(index: number): Promise<void> {
    return this.#turns[index].promise;
  }

  begin(index: number): void {
    this.#turns[index].resolve();
  }

  note(text: unknown): void {
    this.log.push(String(text));
  }

  settle(): Promise<unknown> {
    return this.program.fails ? Promise.reject(this.reason) : Promise.resolve("value");
  }
}

/** Kind of a promise. */
const ORIGINS: Readonly<Record<string, (run: Run) => Make>> = {
  "async, at once": (run) => async () => await run.settle(),
  "async, later": (run) => async () => {
    await run.turn(1);
    return run.settle();
  },
  "function, at once": (run) => () => run.settle(),
  "function, later": (run) => () => run.turn(1).then(() => run.settle()),
  "function that handles rejections itself": (run) => () => {
    const promise = run.turn(1).then(() => run.settle());
    promise.catch(() => {});
    return promise;
  },
  "function with one promise for all calls": (run) => {
    const promise = run.turn(1).then(() => run.settle());
    return () => promise;
  },
  "function with a promise of a subclass": (run) => () => Cancellable.resolve().then(() => run.settle()),
  "function with a frozen promise": (run) => () => Object.freeze(run.turn(1).then(() => run.settle())),
};

/** Use of a promise. */
const USES: Readonly<Record<string, (promise: Promise<unknown>, run: Run) => unknown>> = {
  "nothing": () => {},
  "await": async (promise, run) => {
    try {
      run.note(await promise);
    } catch (error) {
      run.note(error);
    }
  },
  "await without a try": async (promise, run) => run.note(await promise),
  "then": (promise, run) => promise.then((value) => run.note(value), (error) => run.note(error)),
  "then without a handler of rejections": (promise, run) => promise.then((value) => run.note(value)),
  "catch": (promise, run) => promise.catch((error) => run.note(error)),
  "finally": (promise, run) => promise.finally(() => run.note("over")),
  "Promise.all": (promise, run) => Promise.all([promise]).catch((error) => run.note(error)),
  "Promise.race": (promise, run) => Promise.race([promise, run.turn(3)]).catch((error) => run.note(error)),
  "the resolving of another": (promise, run) => new Promise((resolve) => resolve(promise)).catch((e) => run.note(e)),
  "the return of an async function": (promise, run) => (async () => await promise)().catch((e) => run.note(e)),
  "catch in the next turn": (promise, run) => run.turn(0).then(() => promise.catch((error) => run.note(error))),
  "catch when all is over": (promise, run) => run.turn(2).then(() => promise.catch((error) => run.note(error))),
  "inspection": (promise, run) => run.note(Deno.inspect(promise).slice(0, 20)),
  "another constructor": (promise, run) => {
    if (!Object.isFrozen(promise)) promise.constructor = Cancellable;
    return promise.catch((error) => run.note(error));
  },
};

class Cancellable<Value> extends Promise<Value> {
  isCancelled = false;
}

/** Observations of a program, in order, including unhandled rejections. */
async function logsOf(programs: readonly Program[], wrap: Wrap): Promise<string[]> {
  const runs = programs.map((program, i) => new Run(program, new Error(`refused ${i}`)));
  const onUnhandled = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    const run = runs.find(({ reason }) => reason === event.reason);
    run?.note(`unhandled, ${run.promises.includes(event.promise) ? "as returned" : "derived"}`);
  };
  globalThis.addEventListener("unhandledrejection", onUnhandled);
  try {
    for (const run of runs) {
      const make = wrap(ORIGINS[run.program.origin](run));
      for (const use of run.program.uses) {
        const promise = make();
        run.promises.push(promise);
        USES[use](promise, run);
      }
    }
    for (let turn = 0; turn < 4; turn++) {
      await setImmediate();
      for (const run of runs) run.begin(turn);
    }
    await setImmediate();
  } finally {
    globalThis.removeEventListener("unhandledrejection", onUnhandled);
  }
  return runs.map(({ program, log }) => `${JSON.stringify(program)}: ${log.join(", ")}`);
}

const origins = Object.keys(ORIGINS);
const uses = Object.keys(USES);
const program = fc.record<Program>({
  origin: fc.constantFrom(...origins),
  fails: fc.boolean(),
  uses: fc.array(fc.constantFrom(...uses), { minLength: 1, maxLength: 3 }),
});

for (const name of ["Timer.wrap", "Timer.wrap around Timer.wrap", "Tracer.run"]) {
  Deno.test(`${name} leaves promises as they are: outcomes, their order, and which rejections are unhandled`, async () => {
    await using test = inlineMetrics();
    const timer = test.metrics.timer("job");
    const wraps: Record<string, Wrap> = {
      "Timer.wrap": (make) => timer.wrap(make),
      "Timer.wrap around Timer.wrap": (make) => timer.wrap(timer.wrap(make)),
      "Tracer.run": (make) => () => test.metrics.trace.run({ name: "job" }, make),
    };
    const bare: Wrap = (make) => make;
    const simple = origins.flatMap((origin) =>
      uses.flatMap((use) => [false, true].map((fails): Program => ({ origin, fails, uses: [use] })))
    );
    const expected = await logsOf(simple, bare);
    const actual = await logsOf(simple, wraps[name]);
    assertEquals(actual.filter((log, i) => log !== expected[i]), []);
    await fc.assert(
      fc.asyncProperty(fc.array(program, { minLength: 1, maxLength: 100 }), async (programs) => {
        assertEquals(await logsOf(programs, wraps[name]), await logsOf(programs, bare));
      }),
      { numRuns: 20 },
    );
  });
}

Deno.test("Timer.wrap returns the very object, with its prototype again once it is used", async () => {
  await using test = inlineMetrics();
  const timer = test.metrics.timer("job");
  const native = Promise.resolve(1);
  const cancellable = Object.assign(Cancellable.resolve(2), { cancel: () => "cancelled" });
  const foreign: Promise<number> = runInNewContext("Promise.resolve(3)");
  for (const promise of [native, cancellable, foreign]) {
    const prototype = Object.getPrototypeOf(promise);
    const keys = Reflect.ownKeys(promise);
    const returned = timer.wrap(() => promise)();
    assertStrictEquals(returned, promise);
    assertEquals([returned instanceof prototype.constructor, Reflect.ownKeys(returned)], [true, keys]);
    await returned;
    assertStrictEquals(Object.getPrototypeOf(returned), prototype);
  }
  assertStrictEquals(native.constructor, Promise);
  assertEquals([cancellable.cancel(), cancellable instanceof Cancellable], ["cancelled", true]);
  assertEquals(distributionOf(await test.metrics.snapshot(), "job_seconds").count, 3);
});

Deno.test("Timer.wrap makes no promise of a subclass, whose constructor may do more", async () => {
  await using test = inlineMetrics();
  const made: string[] = [];
  class Query extends Promise<string> {
    constructor(executor: ConstructorParameters<typeof Promise<string>>[0]) {
      super(executor);
      made.push("query");
    }
  }
  const run = () => new Query((resolve) => resolve("rows"));
  const query = test.metrics.timer("query").wrap(run)();
  assertEquals(made, ["query"]);
  assertEquals(await query, "rows");
  assertEquals(distributionOf(await test.metrics.snapshot(), "query_seconds").count, 1);
});

Deno.test("Timer.wrap keeps the callers that await an async function in the stacks of its errors", async () => {
  await using test = inlineMetrics();
  async function inner(): Promise<void> {
    await Promise.resolve();
    throw new Error("deep");
  }
  const callersOf = async (operation: () => Promise<void>) => {
    const error: Error = await (async function outer() {
      await operation();
    })().catch((error) => error);
    return error.stack?.match(/at (async )?(inner|outer)/g);
  };
  assertEquals(await callersOf(test.metrics.timer("job").wrap(inner)), await callersOf(inner));
});

Deno.test("Timer.wrap times an unused promise of an async function, others once they are used", async () => {
  await using test = inlineMetrics();
  const { clock, metrics } = test;
  const timer = metrics.timer("job");
  const work = Promise.withResolvers<void>();
  const times = async () => {
    const { count, sum } = distributionOf(await metrics.snapshot(), "job_seconds");
    return [count, sum];
  };
  timer.wrap(async () => await work.promise)();
  const unused = timer.wrap(() => work.promise)();
  clock.advance(5);
  work.resolve();
  await setImmediate();
  assertEquals(await times(), [1, 0.005]);
  await unused;
  assertEquals(await times(), [2, 0.01]);
});

Deno.test("Timer.wrap keeps a bounded number of timings for a promise that is given again and again and never used", async () => {
  await using test = inlineMetrics();
  const timer = test.metrics.timer("job");
  const shared = Promise.resolve();
  const run = timer.wrap(() => shared);
  for (let i = 0; i < 3_000; i++) assertStrictEquals(run(), shared);
  // From the thousandth on, a timing ends with the call.
  assertEquals(distributionOf(await test.metrics.snapshot(), "job_seconds").count, 2_000);
  await shared;
  await setImmediate();
  assertEquals(distributionOf(await test.metrics.snapshot(), "job_seconds").count, 3_000);
});
