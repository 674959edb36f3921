import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands.ts";
import { spellingOf } from "../../src/cli/flags.ts";
import { commandHelp, PROGRAM_FLAGS, programHelp } from "../../src/cli/help.ts";

const WIDTH_MAX = 110;

Deno.test("programHelp lists every command and its own flags", () => {
  const lines = programHelp(COMMANDS).split("\n");
  for (const { name, summary } of COMMANDS) assert(lines.some((line) => line.match(/\S+/g)?.[0] === name), summary);
  for (const { name, short } of PROGRAM_FLAGS) {
    assert(lines.some((line) => line.startsWith(`  -${short}, --${name}  `)), name);
  }
});

for (const command of COMMANDS) {
  Deno.test(`commandHelp of ${command.name} shows each flag once, in lines that fit a terminal`, () => {
    const help = commandHelp(command);
    for (const flag of command.flags) {
      const rows = help.split("\n").filter((line) => line.trimStart().split(" ")[0] === `--${spellingOf(flag)}`);
      assertEquals(rows.length, 1, flag.name);
      assertStringIncludes(help, flag.help.split("\n")[0]);
    }
    assertMatch(help, /^ {2}-h, --help {15}print this help$/m);
    for (const line of help.split("\n")) assert(line.length <= WIDTH_MAX, line);
  });
}

Deno.test("flags of a command have names of their own", () => {
  for (const { name, flags } of COMMANDS) {
    assertEquals(new Set(flags.map(spellingOf)).size, flags.length, name);
  }
});
