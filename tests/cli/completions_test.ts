import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands.ts";
import { flagWords, wordsOf } from "../../src/cli/completion_words.ts";
import { bashScript } from "../../src/cli/completions/bash.ts";
import { fishScript } from "../../src/cli/completions/fish.ts";
import { zshScript } from "../../src/cli/completions/zsh.ts";
import { spellingOf } from "../../src/cli/flags.ts";
import { PROGRAM_FLAGS } from "../../src/cli/help.ts";
import { Program } from "../_support/cli/program.ts";
import { bashCompletions, isInstalled, syntaxErrors } from "../_support/cli/shells.ts";
import { withDirectory } from "../_support/directory.ts";

const COMMAND_WORDS = wordsOf(COMMANDS);
const PROGRAM_WORDS = PROGRAM_FLAGS.map(flagWords);
const SCRIPTS = {
  bash: bashScript(COMMAND_WORDS, PROGRAM_WORDS),
  zsh: zshScript(COMMAND_WORDS, PROGRAM_WORDS),
  fish: fishScript(COMMAND_WORDS, PROGRAM_WORDS),
};
const WITHOUT_BASH = !isInstalled("bash");

function bashTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: WITHOUT_BASH, fn });
}

bashTest("hotpath completions bash completes commands", async () => {
  const names = COMMANDS.map(({ name }) => name);
  assertEquals(await bashCompletions(SCRIPTS.bash, "hotpath", ""), [...names, "--version", "--help"]);
  assertEquals(await bashCompletions(SCRIPTS.bash, "hotpath", "re"), ["report"]);
  assertEquals(await bashCompletions(SCRIPTS.bash, "hotpath", "help", "ser"), ["serve"]);
  assertEquals(await bashCompletions(SCRIPTS.bash, "hotpath", "completions", ""), ["bash", "zsh", "fish", "--help"]);
  assertEquals(await bashCompletions(SCRIPTS.bash, "hotpath", "unknown", ""), []);
});

for (const { name, flags } of COMMANDS) {
  bashTest(`hotpath completions bash completes each flag of ${name}`, async () => {
    const expected = [...flags.map((flag) => `--${spellingOf(flag)}`), "--help"];
    assertEquals(await bashCompletions(SCRIPTS.bash, "hotpath", name, "--"), expected);
  });
}

bashTest("hotpath completions bash completes files, directories, and nothing where a value is free", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/my settings.yaml`, "");
    await Deno.mkdir(`${directory}/my files`);
    const paths = [`${directory}/my files`, `${directory}/my settings.yaml`];
    const complete = (...words: string[]) => bashCompletions(SCRIPTS.bash, "hotpath", ...words);
    assertEquals((await complete("serve", "--config", `${directory}/my`)).toSorted(), paths);
    // bash splits the word at the equals sign.
    assertEquals((await complete("serve", "--config", "=", `${directory}/my`)).toSorted(), paths);
    assertEquals(await complete("serve", "--export-dir", `${directory}/my`), paths.slice(0, 1));
    assertEquals(await complete("serve", "--port", ""), []);
    assertEquals(await complete("serve", "--port", "9464", "--qu"), ["--quiet"]);
  });
});

for (const [shell, script] of Object.entries(SCRIPTS)) {
  Deno.test(`hotpath completions ${shell} prints the script for all commands`, async () => {
    await using program = new Program("src/cli/main.ts", ["completions", shell], { permissions: [] });
    const { code, lines, errors } = await program.end();
    assertEquals([code, lines.join("\n"), errors], [0, script, ""]);
    for (const { long } of COMMAND_WORDS.flatMap(({ flags }) => flags)) {
      assertStringIncludes(script, shell === "fish" ? `-l ${long.slice(2)} ` : long);
    }
  });

  Deno.test({
    name: `hotpath completions ${shell} has the syntax of ${shell}`,
    ignore: !isInstalled(shell),
    fn: async () => assertEquals(await syntaxErrors(shell, script), ""),
  });
}

const EXAMPLE = wordsOf([{
  name: "report",
  summary: "print [a] table: it's short",
  description: "",
  flags: [
    { name: "config", value: "FILE", help: "it's a file (default: none)" },
    { name: "dir", value: "DIR", help: "a directory,\nor nothing" },
    { name: "sort", value: "COLUMN", choices: ["name", "count"], help: "a [column]" },
    { name: "watch", value: "N", implied: "2", help: "again: every N s" },
    { name: "url", value: "URL", help: "an address" },
    { name: "demo", isNegated: true, help: "no demo" },
  ],
  run: () => {},
}]);

Deno.test("zshScript describes commands and flags, and escapes what zsh would read", () => {
  const script = zshScript(EXAMPLE, []);
  assertStringIncludes(
    script,
    String.raw`
    'report:print \[a\] table\: it'\''s short'
`,
  );
  assertStringIncludes(
    script,
    String.raw`
        report)
          _arguments \
            '--config=[it'\''s a file]:value:_files' \
            '--dir=[a directory]:value:_files -/' \
            '--sort=[a \[column\]]:value:(name count)' \
            '--watch=[again\: every N s]::value: ' \
            '--url=[an address]:value: ' \
            '--no-demo[no demo]' \
            '--help[print this help]'
          ;;
`,
  );
});

Deno.test("fishScript describes commands and flags, and escapes what fish would read", () => {
  const of = "complete -c hotpath -n '__fish_seen_subcommand_from report'";
  assertEquals(fishScript(EXAMPLE, []).split("\n").slice(1), [
    "complete -c hotpath -f",
    String.raw`complete -c hotpath -n __fish_use_subcommand -a report -d 'print [a] table: it\'s short'`,
    String.raw`${of} -l config -r -F -d 'it\'s a file'`,
    `${of} -l dir -x -a '(__fish_complete_directories)' -d 'a directory'`,
    `${of} -l sort -x -a 'name count' -d 'a [column]'`,
    `${of} -l watch -d 'again: every N s'`,
    `${of} -l url -x -d 'an address'`,
    `${of} -l no-demo -d 'no demo'`,
    `${of} -l help -d 'print this help'`,
  ]);
});

bashTest("bashScript completes choices, and flags after one whose value may be omitted", async () => {
  const script = bashScript(EXAMPLE, []);
  assertEquals(await bashCompletions(script, "hotpath", "report", "--sort", ""), ["name", "count"]);
  assertEquals(await bashCompletions(script, "hotpath", "report", "--sort", "="), ["name", "count"]);
  assert((await bashCompletions(script, "hotpath", "report", "--watch", "")).includes("--sort"));
});

Deno.test("hotpath completions refuses another shell", async () => {
  for (const [shells, reason] of [[[], "name a shell: bash, zsh, fish"], [["fihs"], 'did you mean "fish"?']] as const) {
    await using program = new Program("src/cli/main.ts", ["completions", ...shells]);
    const { code, errors } = await program.end();
    assertEquals(code, 2);
    assertStringIncludes(errors, `${reason} (see hotpath completions --help)`);
  }
});
