/**
 * Completions of fish.
 *
 * @module
 */

import type { CommandWords, FlagWords } from "./words.ts";

/** Writes the script. */
export function fishScript(commands: readonly CommandWords[], programFlags: readonly FlagWords[]): string {
  return [
    "# Completions of hotpath for fish: hotpath completions fish | source",
    "complete -c hotpath -f",
    ...programFlags.map((flag) => `complete -c hotpath -n __fish_use_subcommand ${flagSpec(flag)}`),
    ...commands.map(({ name, summary }) =>
      `complete -c hotpath -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`
    ),
    ...commands.flatMap(commandLines),
  ].join("\n");
}

function commandLines({ name, choices, flags }: CommandWords): string[] {
  const start = `complete -c hotpath -n '__fish_seen_subcommand_from ${name}'`;
  const lines = flags.map((flag) => `${start} ${flagSpec(flag)}`);
  return choices.length === 0 ? lines : [`${start} -a ${quoted(choices.join(" "))}`, ...lines];
}

function flagSpec({ long, help, value, isValueOptional }: FlagWords): string {
  const needed = isValueOptional ? [] : valueOptions(value);
  return [`-l ${long.slice(2)}`, ...needed, `-d ${quoted(help)}`].join(" ");
}

function valueOptions(value: FlagWords["value"]): string[] {
  if (value === "none") return [];
  if (value === "files") return ["-r", "-F"];
  if (value === "directories") return ["-x", "-a '(__fish_complete_directories)'"];
  return typeof value === "string" ? ["-x"] : ["-x", `-a ${quoted(value.join(" "))}`];
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
