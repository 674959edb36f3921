/**
 * Completions of zsh, either sourced or as the file `_hotpath` of a directory in `$fpath`.
 *
 * @module
 */

import type { CommandWords, FlagWords } from "./words.ts";

/** Writes the script. */
export function zshScript(commands: readonly CommandWords[], programFlags: readonly FlagWords[]): string {
  const names = commands.map(({ name, summary }) => `    ${quoted(`${name}:${escaped(summary)}`)}`);
  return `#compdef hotpath
# Completions of hotpath for zsh: source <(hotpath completions zsh)
_hotpath() {
  local state line
  local -a commands=(
${names.join("\n")}
  )
  _arguments -C \\
${programFlags.map((flag) => `    ${flagSpec(flag)} \\`).join("\n")}
    '1:command:->command' \\
    '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument)
      case $words[1] in
${commands.map(commandCase).join("\n")}
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _hotpath ]]; then
  _hotpath "$@"
else
  compdef _hotpath hotpath
fi`;
}

function commandCase({ name, choices, flags }: CommandWords): string {
  const specs = flags.map(flagSpec);
  if (choices.length > 0) specs.unshift(quoted(`1:argument:(${choices.join(" ")})`));
  return `        ${name})\n          _arguments \\\n${specs.map((spec) => `            ${spec}`).join(" \\\n")}
          ;;`;
}

function flagSpec({ long, help, value, isValueOptional }: FlagWords): string {
  if (value === "none") return quoted(`${long}[${escaped(help)}]`);
  return quoted(`${long}=[${escaped(help)}]${isValueOptional ? "::" : ":"}value:${action(value)}`);
}

function action(value: FlagWords["value"]): string {
  if (value === "files") return "_files";
  if (value === "directories") return "_files -/";
  return typeof value === "string" ? " " : `(${value.join(" ")})`;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\[\]:]/g, String.raw`\$&`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
