/**
 * Runs a bench in a separate process, so that V8 compiles the code for it alone: both ends of that process. The parent
 * passes the bench's name, the number of rounds, and `own` for a comparison or `short` for a short run; the child prints its
 * report as JSON.
 *
 * @module
 */

import { BENCHES } from "../benches.ts";
import { runLadder } from "./harness.ts";
import { type Ladders, ownPart, type Report } from "./ladder.ts";
import { rangeError } from "../../src/check/errors.ts";

/** Rounds of a bench whose ratios are judged, and of a short run, which only has to work. */
const ROUNDS = 40;
const ROUNDS_SHORT = 1;
/** Rounds of a repeated run. */
const ROUNDS_MIN = 10;
const ROUNDS_MAX = 200;
const ROUNDS_MS = 500;

const BENCH_FOLDER = new URL("../", import.meta.url);

/** How to run a bench. */
export interface Run {
  /** Rounds of bursts; as many as ratios need to be judged, or few for a short run, by default. */
  readonly rounds?: number;
  /** Whether it only has to work. */
  readonly isShort?: boolean;
  /** Whether to run only Hotpath's cases and the baseline; see `ladder.ts`. */
  readonly isOwnPart?: boolean;
  /** The `bench/` folder of the tree to run; this one by default. */
  readonly folder?: URL;
  /** Ends the process. */
  readonly signal?: AbortSignal;
}

/** The benches of a tree. */
interface Tree {
  readonly names: readonly string[];
  /** The program that runs one, and its first argument. */
  readonly programOf: (name: string) => readonly [file: string, bench: string];
}

/**
 * Names of benches for the arguments of a command, each a bench or a file of benches; all without arguments.
 *
 * @throws {RangeError} If there is no such bench
 */
export function benchNames(asked: readonly string[]): readonly string[] {
  const all = Object.keys(BENCHES);
  if (asked.length === 0) return all;
  return asked.flatMap((name) => {
    if (Object.hasOwn(BENCHES, name)) return [name];
    const found = all.filter((each) => BENCHES[each].endsWith(`/${name}_bench.ts`));
    if (found.length === 0) throw rangeError("run a bench", "its name", `be one of ${all.join(", ")}`, name);
    return found;
  });
}

/** Whether a tree has a bench of that name. */
export async function hasBench(name: string, folder: URL): Promise<boolean> {
  return (await treeOf(folder)).names.includes(name);
}

/** Runs a bench; a process that fails is a failure of the bench. */
export async function runBench(
  name: string,
  { isShort = false, rounds = isShort ? ROUNDS_SHORT : ROUNDS, isOwnPart, folder = BENCH_FOLDER, signal }: Run,
): Promise<Report> {
  const [program, bench] = (await treeOf(folder)).programOf(name);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-read",
      "--allow-write",
      "--allow-run",
      "--allow-env",
      "--allow-ffi",
      "--allow-sys",
      "--allow-net=127.0.0.1",
      decodeURIComponent(new URL(program, folder).pathname),
      bench,
      String(rounds),
      ...(isOwnPart ? ["own"] : isShort ? ["short"] : []),
    ],
    cwd: new URL("..", folder),
    env: isOwnPart ? {} : environmentOf(name),
    signal,
  }).output();
  const decoder = new TextDecoder();
  if (code === 0) return JSON.parse(decoder.decode(stdout));
  const failures = [`it ended with exit code ${code}: ${decoder.decode(stderr).trim()}`];
  return { name, measurements: [], verdicts: [], allocating: [], missed: [], facts: [], failures, roundMs: 0 };
}

/** The benches of a tree: of this layout, or of the one before, where each was a file in `bench/`. */
async function treeOf(folder: URL): Promise<Tree> {
  const list = new URL("benches.ts", folder);
  if (await Deno.stat(list).then(() => true, () => false)) {
    const { BENCHES: benches } = await import(list.href) as { BENCHES: Readonly<Record<string, string>> };
    return { names: Object.keys(benches), programOf: (name) => ["lib/bench_process.ts", name] };
  }
  const files = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  const suffix = "_bench.ts";
  const names = files.filter((file) => file.endsWith(suffix)).map((file) => file.slice(0, -suffix.length));
  return { names, programOf: (name) => ["run_one.ts", `./${name}${suffix}`] };
}

/** The environment of a bench: peers that only it enables. */
function environmentOf(name: string): Record<string, string> {
  return name === "record" ? openTelemetryEnvironment() : {};
}

/** Deno's own OpenTelemetry, exporting to whatever the process itself serves on a free port. */
function openTelemetryEnvironment(): Record<string, string> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return {
    OTEL_DENO: "true",
    OTEL_DENO_CONSOLE: "ignore",
    OTEL_TRACES_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${listener.addr.port}`,
    OTEL_METRIC_EXPORT_INTERVAL: "1000",
  };
}

/**
 * Rounds that take about half a second: V8 compiles the same code differently from process to process, so more processes
 * say more than more rounds in one. A round's milliseconds are those of a report.
 */
export function roundsFor({ roundMs }: Pick<Report, "roundMs">): number {
  return Math.min(ROUNDS_MAX, Math.max(ROUNDS_MIN, Math.round(ROUNDS_MS / roundMs)));
}

/** Broken promises of a bench. In a short run ratios and bytes do not count. */
export function problemsOf({ verdicts, allocating, missed, failures }: Report, isShort: boolean): string[] {
  if (isShort) return [...failures];
  const slow = verdicts.filter(({ isMet }) => !isMet);
  return [
    ...failures,
    ...allocating,
    ...missed,
    ...slow.map(({ name, reference }) => `${name} missed its target against ${reference}`),
  ];
}

/** The child: imports the bench's file, makes its ladder and runs it. */
async function runHere([name, rounds, kind]: readonly string[]): Promise<Report> {
  const { ladders } = await import(new URL(BENCHES[name], BENCH_FOLDER).href) as { ladders: Ladders };
  const ladder = await ladders[name]();
  const effort = { rounds: Number(rounds), isTimeOnly: kind === "own", isShort: kind === "short" };
  return await runLadder(kind === "own" ? ownPart(ladder) : ladder, effort);
}

if (import.meta.main) console.log(JSON.stringify(await runHere(Deno.args)));
