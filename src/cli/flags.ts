/**
 * Strict parsing of flags: an unknown one is refused, not ignored.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { suggestion } from "../check/errors.ts";
import { nearest } from "../check/nearest.ts";
import { parseDecimal } from "../config/kinds/text.ts";

/** Wrong flags or arguments; the message is for the user, who finds the right ones in the help. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Wrong settings of the environment or a file, which the message names. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** Flag of a command. */
export interface Flag {
  /** Name without dashes. */
  readonly name: string;
  /** One letter that means the same, without its dash. */
  readonly short?: string;
  /** Placeholder of its value, such as `N`; `FILE` and `DIR` are completed from the disk. Without one it is a switch. */
  readonly value?: string;
  /** Its possible values, if there are few. */
  readonly choices?: readonly string[];
  /** Value if it is given without one. */
  readonly implied?: string;
  /** Whether it is a switch that is on unless given as `--no-…`. */
  readonly isNegated?: boolean;
  /** Description, in lines. */
  readonly help: string;
}

/** Flag that every command has. */
export const HELP_FLAG: Flag = { name: "help", short: "h", help: "print this help" };

/** Given flags. */
export interface Flags {
  /** Argument that is no flag, if the command takes one. */
  readonly argument: string | undefined;
  /** Whether a switch is on. */
  isOn(name: string): boolean;
  /** Value of a flag; `undefined` if it was not given. */
  valueOf(name: string): string | undefined;
}

/** Name of a flag as the help shows it: `no-demo`. */
export function spellingOf({ name, isNegated = false }: Flag): string {
  return isNegated ? `no-${name}` : name;
}

/**
 * Parses arguments.
 *
 * @param args Arguments
 * @param flags Permitted flags
 * @param operands Names of the permitted arguments that are no flags
 * @throws {UsageError} If there is any other argument, or a flag has no value, several, or an impossible one
 */
export function parseFlags(
  args: readonly string[],
  flags: readonly Flag[],
  operands: readonly string[] = [],
): Flags {
  const names = (isWanted: (flag: Flag) => boolean) => flags.filter(isWanted).map(({ name }) => name);
  const negatable = names(({ isNegated }) => isNegated === true);
  const values = names(({ value }) => value !== undefined);
  const switches = names(({ value }) => value === undefined);
  const long = lengthened(args, flags);
  checkNames(long, [...switches, ...negatable.map((name) => `no-${name}`)], values);
  const parsed: Record<string, unknown> = parseArgs([...long], {
    boolean: [...switches],
    negatable: [...negatable],
    string: ["_", ...values],
    // Collected to detect a repetition.
    collect: [...values],
    default: Object.fromEntries(negatable.map((name) => [name, true])),
  });
  checkValues(parsed, flags);
  checkContradictions(long, negatable);
  const given = parsed._ as string[];
  if (given.length > operands.length) throw unexpectedArgument(given[operands.length]);
  return {
    argument: given[0],
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

/** Writes short flags long, and adds implied values. */
function lengthened(args: readonly string[], flags: readonly Flag[]): string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.map((arg, index) => {
    if (index >= end) return arg;
    const short = flags.find((flag) => flag.short !== undefined && `-${flag.short}` === arg);
    if (short !== undefined) return `--${short.name}`;
    const implying = flags.find(({ name, implied }) => implied !== undefined && `--${name}` === arg);
    const hasValue = index + 1 < end && !args[index + 1].startsWith("-");
    return implying === undefined || hasValue ? arg : `${arg}=${implying.implied}`;
  });
}

function checkValues(parsed: Record<string, unknown>, flags: readonly Flag[]): void {
  for (const { name, value, choices } of flags) {
    if (value === undefined) continue;
    const given = parsed[name] as string[];
    if (given.includes("")) throw new UsageError(`--${name} needs a value`);
    if (given.length > 1) throw new UsageError(`--${name} was given ${given.length} times`);
    if (choices !== undefined && given.length > 0) checkChoice(`--${name}`, given[0], choices);
  }
}

/**
 * Checks that a text is one of several.
 *
 * @param what Name of the flag or argument, for the error
 * @throws {UsageError} If it is none of them
 */
export function checkChoice(what: string, given: string, choices: readonly string[]): void {
  if (choices.includes(given)) return;
  const hint = suggestion(given, choices);
  throw new UsageError(`${what} must be one of ${choices.join(", ")}, got ${JSON.stringify(given)}${hint}`);
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
