/**
 * Strict parsing of flags: an unknown one is refused, not ignored.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { nearest } from "../check/nearest.ts";
import { parseDecimal } from "../config/kinds/text.ts";

/** Wrong flags or arguments; the message is for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Flags of a command, by their names without dashes. */
export interface FlagNames {
  /** Switches that are off unless given. */
  readonly switches: readonly string[];
  /** Switches that are on unless given as `--no-…`. */
  readonly negatable?: readonly string[];
  /** Flags that take a value, once. */
  readonly values?: readonly string[];
}

/** Given flags. */
export interface Flags {
  /** Whether a switch is on. */
  isOn(name: string): boolean;
  /** Value of a flag; `undefined` if it was not given. */
  valueOf(name: string): string | undefined;
}

/**
 * Parses arguments.
 *
 * @param args Arguments
 * @param names Permitted flags
 * @throws {UsageError} If there is any other argument, or a flag has no value or several
 */
export function parseFlags(args: readonly string[], { switches, negatable = [], values = [] }: FlagNames): Flags {
  checkNames(args, [...switches, ...negatable, ...negatable.map((name) => `no-${name}`)], values);
  const parsed: Record<string, unknown> = parseArgs([...args], {
    boolean: [...switches, ...negatable],
    negatable: [...negatable],
    string: ["_", ...values],
    // Collected to detect a repetition.
    collect: [...values],
    default: Object.fromEntries(negatable.map((name) => [name, true])),
  });
  checkValues(parsed, values);
  checkContradictions(args, negatable);
  const [surplus] = parsed._ as string[];
  if (surplus !== undefined) throw unexpectedArgument(surplus);
  return {
    isOn: (name) => parsed[name] === true,
    valueOf: (name) => (parsed[name] as string[])[0],
  };
}

/**
 * Parses a number in decimal notation.
 *
 * @param flag Name of the flag, for the error
 * @param must Rule for the number, for the error
 * @param isGood Whether a number satisfies the rule
 * @throws {UsageError} If it is not a number, or breaks the rule
 */
export function parseNumber(flag: string, text: string, must: string, isGood: (value: number) => boolean): number {
  const value = parseDecimal(text) ?? NaN;
  if (!isGood(value)) throw new UsageError(`--${flag} must be ${must}, got ${JSON.stringify(text)}`);
  return value;
}

function checkValues(parsed: Record<string, unknown>, values: readonly string[]): void {
  for (const name of values) {
    const given = parsed[name] as string[];
    if (given.includes("")) throw new UsageError(`--${name} needs a value`);
    if (given.length > 1) throw new UsageError(`--${name} was given ${given.length} times`);
  }
}

/** Checks the names. The parser would take `--quiet=no` for yes, and `--port.x` for a part of `--port`. */
function checkNames(args: readonly string[], switches: readonly string[], values: readonly string[]): void {
  for (const arg of args) {
    if (arg === "--") return;
    if (!arg.startsWith("-")) continue;
    const [, name = "", value] = /^--([^=]+)(=.*)?$/s.exec(arg) ?? [];
    if (values.includes(name)) continue;
    if (!switches.includes(name)) throw unknownFlag(arg, [...switches, ...values]);
    if (value !== undefined) throw new UsageError(`--${name} takes no value`);
  }
}

/** Refuses contradictions, of which the parser would take the last one. */
function checkContradictions(args: readonly string[], negatable: readonly string[]): void {
  for (const name of negatable) {
    const isBoth = args.includes(`--${name}`) && args.includes(`--no-${name}`);
    if (isBoth) throw new UsageError(`--${name} and --no-${name} exclude each other`);
  }
}

function unknownFlag(arg: string, known: readonly string[]): UsageError {
  const [, name] = /^-*([^=]*)/.exec(arg)!;
  const meant = nearest(name, known);
  const hint = meant === undefined ? "" : `; did you mean "--${meant}"?`;
  return new UsageError(`unknown flag ${JSON.stringify(arg)}${hint}`);
}

function unexpectedArgument(arg: string): UsageError {
  return new UsageError(`${arg.startsWith("-") ? "unknown flag" : "unexpected argument"} ${JSON.stringify(arg)}`);
}
