/**
 * What can follow where, read from the table of commands.
 *
 * @module
 */

import type { Command } from "./command.ts";
import type { CommandWords, FlagWords } from "./completions/words.ts";
import { type Flag, HELP_FLAG, spellingOf } from "./flags.ts";

/** Words of all commands. */
export function wordsOf(commands: readonly Command[]): CommandWords[] {
  return commands.map(({ name, summary, argument, flags }) => ({
    name,
    summary,
    choices: argument?.choices(commands) ?? [],
    flags: [...flags, HELP_FLAG].map(flagWords),
  }));
}

/** Words of a flag. */
export function flagWords(flag: Flag): FlagWords {
  // The rest is for the help: its default, or a second line.
  const [help] = flag.help.split(/,?\n| \(default/);
  return { long: `--${spellingOf(flag)}`, help, value: valueWords(flag), isValueOptional: flag.implied !== undefined };
}

function valueWords({ value, choices }: Flag): FlagWords["value"] {
  if (choices !== undefined) return choices;
  if (value === "FILE") return "files";
  if (value === "DIR") return "directories";
  return value === undefined ? "none" : "any";
}
