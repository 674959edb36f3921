/**
 * Which benches there are, and how one is run in a separate process.
 *
 * @module
 */

import type { Report } from "./harness.ts";
import { rangeError } from "../src/check/errors.ts";

/** Rounds of a bench that is to be judged. */
export const ROUNDS = 40;
/** Rounds of one that only has to work. */
export const ROUNDS_SHORT = 3;
/** Rounds of a repeated run. */
const ROUNDS_MIN = 10;
const ROUNDS_MAX = 200;
const ROUNDS_MS = 500;

const SUFFIX = "_bench.ts";
const HERE = new URL(".", import.meta.url);

/** How to run a bench. */
export interface Run {
  /** Rounds of bursts. */
  readonly rounds: number;
  /** Only what is ours, and the baseline; see `own_part.ts`. */
  readonly isOwnPart?: boolean;
  /** The tree's folder of benches; this one by default. */
  readonly folder?: URL;
  /** Ends the process. */
  readonly signal?: AbortSignal;
}

/**
 * The names of benches that are asked for; all, if none is.
 *
 * @throws {RangeError} If there is none of that name
 */
export async function benchNames(asked: readonly string[]): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(HERE)) {
    if (name.endsWith(SUFFIX)) names.push(name.slice(0, -SUFFIX.length));
  }
  names.sort();
  for (const name of asked) {
    if (!names.includes(name)) throw rangeError("run a bench", "its name", `be one of ${names.join(", ")}`, name);
  }
  return asked.length > 0 ? asked : names;
}

/** Runs a bench; a process that fails is a failure of the bench. */
export async function runFile(name: string, { rounds, isOwnPart, folder = HERE, signal }: Run): Promise<Report> {
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
      decodeURIComponent(new URL("run_one.ts", folder).pathname),
      `./${name}${SUFFIX}`,
      String(rounds),
      ...(isOwnPart ? ["own"] : []),
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

/** Environment of a bench: peers that are enabled there, and only there. */
function environmentOf(name: string): Record<string, string> {
  return name === "peers" ? openTelemetryEnvironment() : {};
}

/** Deno's own OpenTelemetry, that exports to whatever the process itself puts at a free port. */
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
