/**
 * Completions of bash.
 *
 * @module
 */

import type { CommandWords, FlagWords } from "./words.ts";

/** Writes the script. */
export function bashScript(commands: readonly CommandWords[], programFlags: readonly FlagWords[]): string {
  const first = [...commands.map(({ name }) => name), ...programFlags.map(({ long }) => long)];
  return `# Completions of hotpath for bash: source <(hotpath completions bash)
_hotpath() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" words=""
  COMPREPLY=()
  # bash splits --flag=value at the equals sign.
  if [[ $word == "=" ]]; then
    word=""
  elif [[ $before == "=" ]]; then
    before="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W "${first.join(" ")}" -- "$word"))
    return
  fi
  case "\${COMP_WORDS[1]} $before" in
${commands.flatMap(valueCases).join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${commands.map(commandCase).join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
_hotpath_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2> /dev/null
  COMPREPLY=($(compgen "$@"))
}
complete -F _hotpath hotpath`;
}

function commandCase({ name, choices, flags }: CommandWords): string {
  return `    ${name}) words="${[...choices, ...flags.map(({ long }) => long)].join(" ")}" ;;`;
}

function valueCases({ name, flags }: CommandWords): string[] {
  return flags.filter(({ value, isValueOptional }) => value !== "none" && !isValueOptional)
    .map(({ long, value }) => `    "${name} ${long}") ${completion(value)}return ;;`);
}

function completion(value: FlagWords["value"]): string {
  if (value === "files") return '_hotpath_paths -f -- "$word"; ';
  if (value === "directories") return '_hotpath_paths -d -- "$word"; ';
  return typeof value === "string" ? "" : `COMPREPLY=($(compgen -W "${value.join(" ")}" -- "$word")); `;
}
