/**
 * Refusals of a mistyped command, and of a flag before its command.
 *
 * @module
 */

import { suggestion } from "../check/errors.ts";
import type { Command } from "./command.ts";
import { type Flag, spellingOf, UsageError } from "./flags.ts";

/** Refuses a command that does not exist, and suggests the nearest one. */
export function unknownCommand(given: string, commands: readonly Command[]): UsageError {
  const names = commands.map(({ name }) => name);
  return new UsageError(`unknown command ${JSON.stringify(given)}${suggestion(given, names)}`);
}

/**
 * Refuses an argument that is a command written as a flag, or a flag without its command; `undefined` if it is neither.
 *
 * @param arg First argument
 * @param commands All commands
 * @param own Flags that need no command
 */
export function misplaced(arg: string, commands: readonly Command[], own: readonly Flag[]): UsageError | undefined {
  const [, name = ""] = /^--?([^=]*)/.exec(arg) ?? [];
  if (own.some((flag) => [flag.name, flag.short].includes(name))) return undefined;
  const meant = commands.some((command) => command.name === name)
    ? `hotpath ${name}`
    : commandWith(name, commands)?.concat(` --${name}`);
  return meant === undefined ? undefined : new UsageError(
    `unknown flag ${JSON.stringify(arg)}; did you mean ${JSON.stringify(meant)}?`,
  );
}

function commandWith(flag: string, commands: readonly Command[]): string | undefined {
  const command = commands.find(({ flags }) => flags.some((each) => spellingOf(each) === flag));
  return command && `hotpath ${command.name}`;
}
