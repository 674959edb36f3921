/**
 * Entry point of the program `hotpath`: runs a command, and prints an error in one line.
 *
 * Exit codes: 0 success, 1 failure, 2 wrong usage.
 *
 * @module
 */

import manifest from "../../deno.json" with { type: "json" };
import { suggestion } from "../check/errors.ts";
import { printable } from "../encode/printable.ts";
import { dashboard } from "./dashboard.ts";
import { parseFlags, UsageError } from "./flags.ts";
import { report } from "./report.ts";
import { rules } from "./rules.ts";
import { serve } from "./serve.ts";

const HELP = `Metrics for Deno programs whose hot path is counted in nanoseconds.

Usage: hotpath <command> [flags]

  serve       serve metrics over HTTP, with a demo
  report      print the metrics of a server as a table
  rules       print Prometheus rules for the definitions of a program
  dashboard   print a Grafana dashboard for the definitions of a program

  --help      print this help, or a command's flags: hotpath serve --help
  --version   print the version`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  serve,
  report,
  rules,
  dashboard,
};

Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  try {
    await dispatch(args);
    return 0;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const message = error instanceof Error ? error.message : String(error);
    const reason = message.replaceAll(/\s*\n\s*/g, " ");
    console.error(`hotpath: ${printable(reason)}${isUsage ? " (see hotpath --help)" : ""}`);
    return isUsage ? 2 : 1;
  }
}

async function dispatch(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  if (command === undefined) return console.log(HELP);
  if (command.startsWith("-")) return describe(args);
  if (!Object.hasOwn(COMMANDS, command)) throw unknownCommand(command);
  await COMMANDS[command](rest);
}

function unknownCommand(command: string): UsageError {
  return new UsageError(`unknown command ${JSON.stringify(command)}${suggestion(command, Object.keys(COMMANDS))}`);
}

/** Prints the version or the help. */
function describe(args: readonly string[]): void {
  const flags = parseFlags(args, { switches: ["help", "version"] });
  console.log(flags.isOn("version") && !flags.isOn("help") ? manifest.version : HELP);
}
