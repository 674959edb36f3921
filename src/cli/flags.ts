/**
 * Flags, read strictly: what is not understood is refused, not ignored.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { parseDecimal } from "../config/text.ts";

/** Something wrong with what was asked for; the message is for the user as it stands. */
export class UsageError extends Error {
  /** See {@linkcode Error.name}. */
  override readonly name = "UsageError";
}

/** Which flags a command has, by their names without dashes. */
export interface FlagNames {
  /** Switches; off unless given. */
  readonly switches: readonly string[];
  /** Switches that are on unless given as `--no-…`. */
  readonly negatable?: readonly string[];
  /** Flags that take a value, once. */
  readonly values?: readonly string[];
}

/** The flags that were given. */
export interface Flags {
  /** Whether a switch is on. */
  isOn(name: string): boolean;
  /** A flag's value, if it was given. */
  valueOf(name: string): string | undefined;
}

/**
 * Reads arguments.
 *
 * @param args The arguments
 * @param names What may be among them
 * @throws {UsageError} If something else is among them, a value is missing or there are two
 */
export function parseFlags(args: readonly string[], { switches, negatable = [], values = [] }: FlagNames): Flags {
  checkNames(args, [...switches, ...negatable, ...negatable.map((name) => `no-${name}`)], values);
  const parsed: Record<string, unknown> = parseArgs([...args], {
    boolean: [...switches, ...negatable],
    negatable: [...negatable],
    string: ["_", ...values],
    // Collected, so that a repetition can be seen.
    collect: [...values],
    default: Object.fromEntries(negatable.map((name) => [name, true])),
  });
  checkValues(parsed, values);
  checkContradictions(args, negatable);
  refuse((parsed._ as string[])[0]);
  return {
    isOn: (name) => parsed[name] === true,
    valueOf: (name) => (parsed[name] as string[])[0],
  };
}

/**
 * Reads a number in decimal notation.
 *
 * @param flag The flag's name, for the error
 * @param must What it must be, for the error
 * @param isGood Whether a number will do
 * @throws {UsageError} If it is none, or will not do
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

/** The parser would take `--quiet=no` for yes, and `--port.x` for a part of `--port`. */
function checkNames(args: readonly string[], switches: readonly string[], values: readonly string[]): void {
  for (const arg of args) {
    if (arg === "--") return;
    if (!arg.startsWith("-")) continue;
    const [, name = "", value] = /^--([^=]+)(=.*)?$/s.exec(arg) ?? [];
    if (values.includes(name)) continue;
    if (!switches.includes(name)) refuse(arg);
    if (value !== undefined) throw new UsageError(`--${name} takes no value`);
  }
}

/** The parser would take the last one. */
function checkContradictions(args: readonly string[], negatable: readonly string[]): void {
  for (const name of negatable) {
    const isBoth = args.includes(`--${name}`) && args.includes(`--no-${name}`);
    if (isBoth) throw new UsageError(`--${name} and --no-${name} exclude each other`);
  }
}

function refuse(arg: string | undefined): void {
  if (arg === undefined) return;
  throw new UsageError(`${arg.startsWith("-") ? "unknown flag" : "unexpected argument"} ${JSON.stringify(arg)}`);
}
