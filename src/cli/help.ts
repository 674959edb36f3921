/**
 * `hotpath help`, and the help of all commands, written from their tables.
 *
 * @module
 */

import type { Command } from "./command.ts";
import { type Flag, HELP_FLAG, spellingOf } from "./flags.ts";
import { unknownCommand } from "./unknown.ts";

/** Column at which descriptions start. */
const TEXT_COLUMN = 27;
const COMMAND_COLUMN = 18;

/** Flags of `hotpath` without a command. */
export const PROGRAM_FLAGS: readonly Flag[] = [
  { name: "version", short: "v", help: "print the version" },
  { ...HELP_FLAG, help: "print this help, or a command's: hotpath serve --help" },
];

/** The command. */
export const HELP: Command = {
  name: "help",
  summary: "print this help, or a command's: hotpath help serve",
  description: "Prints the commands, or the flags of one command.",
  argument: { name: "COMMAND", isOptional: true, choices: (commands) => commands.map(({ name }) => name) },
  flags: [],
  run: ({ argument }, commands) => {
    if (argument === undefined) return console.log(programHelp(commands));
    const command = commands.find(({ name }) => name === argument);
    if (command === undefined) throw unknownCommand(argument, commands);
    console.log(commandHelp(command));
  },
};

/** Help of the program: its commands. */
export function programHelp(commands: readonly Command[]): string {
  return `Metrics for Deno programs whose hot path is counted in nanoseconds.

Usage: hotpath <command> [flags]

${commands.map(({ name, summary }) => row(`  ${name}`, summary, COMMAND_COLUMN)).join("\n")}

${PROGRAM_FLAGS.map((flag) => flagRow(flag, COMMAND_COLUMN)).join("\n")}`;
}

/** Help of a command: its flags. */
export function commandHelp({ name, description, argument, usage, flags, notes }: Command): string {
  const operand = argument && (argument.isOptional ? `[${argument.name}]` : argument.name);
  const words = ["hotpath", name, operand, "[flags]", usage].filter((word) => word !== undefined);
  const rows = [...flags, HELP_FLAG].map((flag) => flagRow(flag, TEXT_COLUMN));
  const paragraphs = [description, `Usage: ${words.join(" ")}`, rows.join("\n"), notes];
  return paragraphs.filter((paragraph) => paragraph !== undefined).join("\n\n");
}

function flagRow(flag: Flag, column: number): string {
  const { short, value, implied, help } = flag;
  const long = `--${spellingOf(flag)}`;
  const shown = value === undefined ? long : implied === undefined ? `${long} ${value}` : `${long} [${value}]`;
  return row(`  ${short === undefined ? shown : `-${short}, ${shown}`}`, help, column);
}

/** A description beside a label, or below a long one. */
function row(label: string, text: string, column: number): string {
  const indent = " ".repeat(column);
  const lines = text.replaceAll("\n", `\n${indent}`);
  return label.length + 2 > column ? `${label}\n${indent}${lines}` : label.padEnd(column) + lines;
}
