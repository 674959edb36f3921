/**
 * Arguments of the bench tools: names, switches, and flags with a value. Unknown flags are refused.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { rangeError, typeError } from "../../src/check/errors.ts";

const ACTION = "run the benches";

/** Parsed arguments. */
export interface BenchArguments {
  /** Arguments without a dash. */
  readonly names: readonly string[];
  /** Whether a switch is on. */
  readonly isOn: (name: string) => boolean;
  /** A flag's value, if it was given. */
  readonly valueOf: (name: string) => string | undefined;
  /** A flag's value as a number, or else the default; a number below the least is refused. */
  readonly numberOf: (name: string, byDefault: number, least: number) => number;
}

/**
 * Reads arguments.
 *
 * @throws {TypeError} If there is a flag that does not exist, or one without its value
 */
export function readArguments(
  args: readonly string[],
  { switches = [], values = [] }: { readonly switches?: readonly string[]; readonly values?: readonly string[] },
): BenchArguments {
  const known = [...switches, ...values].map((name) => `--${name}`);
  for (const flag of args.filter((each) => each.startsWith("-")).map((each) => each.split("=")[0])) {
    if (!known.includes(flag)) throw typeError(ACTION, "a flag", `be among ${known.join(", ")}`, flag);
  }
  const parsed = parseArgs([...args], { boolean: [...switches], string: ["_", ...values] }) as Record<string, unknown>;
  const valueOf = (name: string) => parsed[name] as string | undefined;
  for (const name of values) if (valueOf(name) === "") throw typeError(ACTION, `--${name}`, "have a value", "");
  return {
    names: parsed._ as string[],
    isOn: (name) => parsed[name] === true,
    valueOf,
    numberOf: (name, byDefault, least) => {
      const given = valueOf(name);
      if (given === undefined) return byDefault;
      const value = Number(given);
      if (!(value >= least && value < Infinity)) throw rangeError(ACTION, `--${name}`, `be at least ${least}`, given);
      return value;
    },
  };
}
