/**
 * `hotpath completions`: scripts with which shells complete commands, flags and their values.
 *
 * @module
 */

import type { Command } from "./command.ts";
import { flagWords, wordsOf } from "./completion_words.ts";
import { bashScript } from "./completions/bash.ts";
import { fishScript } from "./completions/fish.ts";
import type { CommandWords, FlagWords } from "./completions/words.ts";
import { zshScript } from "./completions/zsh.ts";
import { checkChoice, UsageError } from "./flags.ts";
import { PROGRAM_FLAGS } from "./help.ts";

type Script = (commands: readonly CommandWords[], programFlags: readonly FlagWords[]) => string;

const SCRIPTS: Readonly<Record<string, Script>> = { bash: bashScript, zsh: zshScript, fish: fishScript };
const SHELLS = Object.keys(SCRIPTS);

/** The command. */
export const COMPLETIONS: Command = {
  name: "completions",
  summary: "print the completions of a shell: bash, zsh or fish",
  description: "Prints a script with which a shell completes commands, flags and their values.",
  argument: { name: "SHELL", choices: () => SHELLS },
  flags: [],
  notes: "bash and zsh: source <(hotpath completions bash); fish: hotpath completions fish | source.",
  run: ({ argument }, commands) => {
    if (argument === undefined) throw new UsageError(`name a shell: ${SHELLS.join(", ")}`);
    checkChoice("the shell", argument, SHELLS);
    console.log(SCRIPTS[argument](wordsOf(commands), PROGRAM_FLAGS.map(flagWords)));
  },
};
