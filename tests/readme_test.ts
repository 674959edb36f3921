/** Holds README: its length, its programs run as written, and the commands that it names exist. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { freePort, Program } from "./_support/cli/program.ts";
import { read } from "./_support/repository.ts";

const README = await read("README.md");
const TASKS = Object.keys(JSON.parse(await read("deno.json")).tasks);
const LINES_MAX = 220;
const WORDS_MAX = 2_300;
const QUICK_START = "examples/quick_start/main.ts";

Deno.test("README stays short", () => {
  assertLess(README.trimEnd().split("\n").length, LINES_MAX + 1);
  assertLess(README.split(/\s+/).length, WORDS_MAX + 1);
});

Deno.test("README names the two commands, with Node only too, before anything else", () => {
  const [head] = README.split("\n## ");
  for (const task of ["serve", "test"]) {
    for (const deno of ["deno", "npx --yes deno@2.9.6"]) assert(head.includes(`\`${deno} task ${task}\``), head);
  }
});

Deno.test("README's quick start is the program of its folder", async () => {
  assertEquals(blocksOf("ts ignore"), [await read(QUICK_START)]);
});

Deno.test("README's quick start runs with the permissions of its command, and answers as README shows", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const ports = new Map(["8000", "9464"].map((port) => [port, String(freePort())]));
    const withFreePorts = (text: string) => text.replaceAll(/\b(8000|9464)\b/g, (port) => ports.get(port)!);
    const [program] = blocksOf("ts ignore");
    const [run, ask] = blocksOf("sh").map(withFreePorts);
    const [printed, answered] = blocksOf("text").map(withFreePorts);
    const copy = `${directory}/main.ts`;
    await Deno.writeTextFile(copy, withFreePorts(program));

    const [, flags, module] = run.match(/^deno run (.+) (\S+)\n$/) ?? [];
    assertEquals(module, QUICK_START);
    await using running = new Program(copy, [], { permissions: ["--config=deno.json", ...flags.split(" ")] });
    // The first line is Deno's own, which --quiet hides.
    assertEquals(await running.line(), printed.trimEnd().split("\n")[1]);
    const answers: string[] = [];
    for (const line of ask.trimEnd().split("\n")) answers.push(await answerTo(line));
    assertEquals(answers.join(""), answered);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("README's other TypeScript runs in doc tests", () => {
  const fences = [...README.matchAll(/^```(ts|typescript|js)\b(.*)$/gm)].map(([, , rest]) => rest);
  assertEquals(fences.filter((rest) => rest !== ""), [" ignore"]);
  assert(fences.length > 2);
});

for (const path of ["README.md", "CONTRIBUTING.md", "examples/performance/README.md"]) {
  Deno.test(`tasks and benches that ${path} names exist`, async () => {
    const text = await read(path);
    const named = [...text.matchAll(/\bdeno(?:@[\d.]+)? task ([\w:]+)(?: ([a-z]\w*))?/g)];
    assertEquals(named.filter(([, task]) => !(TASKS.includes(task))).map(([command]) => command), []);
    const benches = [...(await read("bench/benches.ts")).matchAll(/^ {2}(\w+): "/gm)].map(([, bench]) => bench);
    const unknown = named.filter(([, task, bench]) =>
      task === "bench" && bench !== undefined && !benches.includes(bench)
    );
    assertEquals(unknown.map(([command]) => command), []);
  });
}

Deno.test("CONTRIBUTING lists all tasks", async () => {
  const rows = [...(await read("CONTRIBUTING.md")).matchAll(/^\| `([\w:]+)` +\|/gm)].map(([, task]) => task);
  assertEquals(rows.toSorted(), TASKS.toSorted());
});

/** The code of each block with these words on its fence, in any indentation of none. */
function blocksOf(fence: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${fence}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, code]) => code);
}

/** What a `curl -s` prints, and as much of it as a `grep -E` behind it lets through. */
async function answerTo(command: string): Promise<string> {
  const [, url, pattern] = command.match(/^curl -s (\S+)(?: \| grep -E '(.+)')?$/) ?? [];
  const text = await (await fetch(url)).text();
  if (pattern === undefined) return text;
  return text.split("\n").filter((line) => new RegExp(pattern).test(line)).map((line) => `${line}\n`).join("");
}
