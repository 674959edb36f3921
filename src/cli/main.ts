/**
 * Entry point of the program `hotpath`: runs a command, and prints an error in one line.
 *
 * Exit codes: 0 success, 1 failure, 2 wrong usage or settings.
 *
 * @module
 */

import { printable } from "../encode/printable.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { HELP_FLAG, parseFlags, SettingsError, UsageError } from "./flags.ts";
import { commandHelp, HELP, PROGRAM_FLAGS, programHelp } from "./help.ts";
import { misplaced, unknownCommand } from "./unknown.ts";
import { VERSION } from "./version.ts";

Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const command = COMMANDS.find(({ name }) => name === args[0]);
  try {
    await (command === undefined ? runProgram(args) : runCommand(command, args.slice(1)));
    return 0;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.replaceAll(/\s*\n\s*/g, " ");
    const help = command === undefined || command === HELP ? "hotpath --help" : `hotpath ${command.name} --help`;
    console.error(`hotpath: ${printable(reason)}${error instanceof UsageError ? ` (see ${help})` : ""}`);
    return error instanceof UsageError || error instanceof SettingsError ? 2 : 1;
  }
}

async function runCommand(command: Command, args: readonly string[]): Promise<void> {
  const given = parseFlags(args, [...command.flags, HELP_FLAG], command.argument && [command.argument.name]);
  if (given.isOn("help")) return console.log(commandHelp(command));
  await command.run(given, COMMANDS);
}

/** Prints the version or the help. */
async function runProgram(args: readonly string[]): Promise<void> {
  const [first] = args;
  if (first === undefined) return console.log(programHelp(COMMANDS));
  if (!first.startsWith("-")) throw unknownCommand(first, COMMANDS);
  const refusal = misplaced(first, COMMANDS, PROGRAM_FLAGS);
  if (refusal !== undefined) throw refusal;
  const given = parseFlags(args, PROGRAM_FLAGS);
  if (given.isOn("version") && !given.isOn("help")) return await VERSION.run(given, COMMANDS);
  console.log(programHelp(COMMANDS));
}
