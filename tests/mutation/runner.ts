/**
 * Process that runs tests of the instrumented tree one by one, as the lines on its standard input say: so that a mutant
 * costs the time of the tests that reach it and not the start of a program. It stands in for `deno test`, and loads
 * a test file when its first test is due.
 *
 * @module
 */

import fc from "fast-check";
import { linesOf } from "./lines.ts";
import { activate, activeMutant, restart, sinceRestart, VARIABLE } from "./switch.ts";

/** What the process is asked: to record all tests of a file, or to try a mutant against tests. */
export type Request =
  | { readonly kind: "record"; readonly file: string; readonly limitMs: number }
  | { readonly kind: "try"; readonly mutant: number; readonly tests: readonly PlannedTest[] };

/** A test of the mutant and what it takes unharmed. */
export interface PlannedTest {
  readonly file: string;
  readonly name: string;
  readonly limitMs: number;
  readonly limitTicks: number;
}

/** One test as it went unharmed. */
export interface RecordedTest {
  readonly file: string;
  readonly name: string;
  readonly ms: number;
  readonly ticks: number;
  readonly reached: readonly number[];
  /** Why it failed. */
  readonly error?: string;
}

/** What became of a request. */
export type Answer =
  | { readonly kind: "recorded"; readonly tests: readonly RecordedTest[]; readonly atLoad: readonly number[] }
  | { readonly kind: "killed" | "timeout"; readonly test: string; readonly isTainted: boolean }
  | { readonly kind: "survived" }
  /** A test begins: it either ends within the limit, or blocks the process. */
  | { readonly kind: "running"; readonly limitMs: number };

/** Begins a line with an answer, as tests may print others. */
const ANSWER_MARK = "\u0001";

type Test = { readonly name: string; readonly fn: (context: Deno.TestContext) => unknown };

const ROOT = new URL("../../", import.meta.url);
/** A property is tried for this long. Its counterexample is not shrunk, as it is not shown. */
const LONGEST_PROPERTY_MS = 300;

const { performance, setTimeout, clearTimeout } = globalThis;
const now = performance.now.bind(performance);
const registered: Test[] = [];
const loaded = new Map<string, readonly Test[]>();
let onStrayError: (reason: unknown) => void = () => {};

/** `Deno.test` as far as the tests use it. */
function register(first: string | Test, second?: unknown, third?: Test["fn"]): void {
  const definition = typeof first === "string" ? { name: first } : first;
  const options = typeof second === "object" ? second as object : {};
  const fn = third ?? (typeof second === "function" ? second as Test["fn"] : undefined);
  const test = { ...definition, ...options, ...(fn && { fn }) } as Test & { ignore?: boolean };
  if (!test.ignore) registered.push(test);
}

async function load(file: string): Promise<readonly Test[]> {
  const known = loaded.get(file);
  if (known) return known;
  registered.length = 0;
  await import(new URL(file, ROOT).href);
  const tests = [...registered];
  loaded.set(file, tests);
  return tests;
}

const context = {
  name: "",
  origin: "",
  async step(first: string | Test | Test["fn"], fn?: Test["fn"]) {
    await (fn ?? (typeof first === "function" ? first : (first as Test).fn))(context as unknown as Deno.TestContext);
    return true;
  },
};

const TIMEOUT = Symbol("timeout");

/** Runs a test. Returns the reason of its failure, if it fails, or TIMEOUT. */
async function run(test: Test, limitMs: number): Promise<unknown> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stray = new Promise<unknown>((resolve) => {
    onStrayError = (reason) => resolve(reason ?? "rejected");
    timer = setTimeout(() => resolve(TIMEOUT), limitMs);
  });
  const ran = (async () => await test.fn(context as unknown as Deno.TestContext))()
    .then(() => undefined, (error) => isCutShort(error) ? undefined : error ?? "thrown");
  const outcome = await Promise.race([ran, stray]);
  clearTimeout(timer);
  onStrayError = () => {};
  return outcome;
}

/** Whether a property ran out of time within its first case, which shows nothing. */
function isCutShort(error: unknown): boolean {
  return error instanceof Error && error.message.includes("interrupted after 0 tests");
}

async function record(file: string, limitMs: number): Promise<Answer> {
  restart();
  const tests = await load(file);
  const { reached: atLoad } = sinceRestart();
  const recorded: RecordedTest[] = [];
  for (const test of tests) {
    restart();
    write({ kind: "running", limitMs });
    const start = now();
    const error = await run(test, limitMs);
    const failure = error === undefined ? {} : { error: error === TIMEOUT ? "takes too long" : String(error) };
    recorded.push({
      file,
      name: test.name,
      ms: now() - start,
      ...sinceRestart(),
      ...failure,
    });
  }
  return { kind: "recorded", tests: recorded, atLoad };
}

/** Activates a mutant here and in the threads that start from now on. */
function activateAll(mutant: number): void {
  activate(mutant);
  Deno.env.set(VARIABLE, String(mutant));
}

async function tryMutant(mutant: number, tests: readonly PlannedTest[]): Promise<Answer> {
  const isFresh = activeMutant() === mutant;
  for (const { file, name, limitMs, limitTicks } of tests) {
    const test = (await load(file)).find((each) => each.name === name);
    if (!test) continue;
    activateAll(mutant);
    restart(limitTicks);
    write({ kind: "running", limitMs });
    const error = await run(test, limitMs);
    const isLoop = sinceRestart().ticks > limitTicks || error === TIMEOUT;
    restart();
    if (!isFresh) activateAll(0);
    if (error === undefined) continue;
    // A test that fails without the mutant as well says nothing of it: what the process holds is spoilt.
    const isTainted = !isFresh && (error === TIMEOUT || await run(test, limitMs) !== undefined);
    return { kind: isLoop ? "timeout" : "killed", test: `${file}: ${name}`, isTainted };
  }
  return { kind: "survived" };
}

function write(answer: Answer): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${ANSWER_MARK}${JSON.stringify(answer)}\n`));
}

if (import.meta.main) {
  fc.configureGlobal({ endOnFailure: true, interruptAfterTimeLimit: LONGEST_PROPERTY_MS });
  Object.defineProperty(Deno, "test", { value: Object.assign(register, { ignore() {} }) });
  for (const kind of ["unhandledrejection", "error"]) {
    addEventListener(kind, (event) => {
      event.preventDefault();
      let isHandled = false;
      event.preventDefault = () => isHandled = true;
      const reason = (event as PromiseRejectionEvent).reason ?? (event as ErrorEvent).error;
      queueMicrotask(() => isHandled || onStrayError(reason));
    });
  }
  for await (const line of linesOf(Deno.stdin.readable)) {
    const request: Request = JSON.parse(line);
    if (request.kind === "record") write(await record(request.file, request.limitMs));
    else write(await tryMutant(request.mutant, request.tests));
  }
  Deno.exit(0);
}
