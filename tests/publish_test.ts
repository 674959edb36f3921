import { assert, assertEquals, assertMatch } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
/** Globals that importing the package may access; anything else needs a reason. */
const PUBLISHED =
  /^(LICENSE|CHANGELOG\.md|README\.md|deno\.json|mod\.ts|(src|examples)\/.+\.(ts|md|css|csv|json|ya?ml|service|timer)|examples\/kubernetes\/Dockerfile)$/;
const NEVER = /\.png$|(^|\/)deno\.lock$|^(std|tests|bench|artifacts|snapshots|coverage|node_modules|\.[^/]*)(\/|$)/;
/** Modules that nothing imports, but a worker or a shell starts. */
const STARTED = ["src/threads/worker/main.ts", "src/cli/main.ts"];

async function run(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  const output = await new Deno.Command(Deno.execPath(), { args: [...args], cwd: ROOT, env: { NO_COLOR: "1" } })
    .output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(output.code, 0, stderr);
  return { stdout, stderr };
}

/** The files that would be published, by their paths in the package. */
async function publishedFiles(): Promise<string[]> {
  const { stderr } = await run(["publish", "--dry-run", "--allow-dirty"]);
  const files = [...stderr.matchAll(/^ +(file:\S+) \(\S+\)$/gm)].map(([, url]) => url.slice(ROOT.href.length));
  assert(files.includes("mod.ts"), stderr);
  return files;
}

/** The package's own modules that one imports, itself among them. */
async function importsOf(entry: string): Promise<string[]> {
  const { stdout } = await run(["info", "--json", entry]);
  const modules: { specifier: string }[] = JSON.parse(stdout).modules;
  return modules.map(({ specifier }) => specifier).filter((each) => each.startsWith(ROOT.href))
    .map((each) => each.slice(ROOT.href.length)).filter((path) => !path.startsWith("std/"));
}

Deno.test("the package can be published, with all that it imports or reads and nothing that only the repository needs", async () => {
  const files = await publishedFiles();
  for (const file of files) {
    assertMatch(file, PUBLISHED);
    assert(!NEVER.test(file), file);
  }
  const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const entries: string[] = [...Object.values<string>(exports), ...STARTED];
  const needed = new Set((await Promise.all(entries.map(importsOf))).flat());
  assert(needed.has("src/threads/protocol.ts"));
  for (const file of files.filter((each) => each.endsWith(".ts"))) {
    const url = new URL(file, ROOT);
    const assets = (await Deno.readTextFile(url)).matchAll(/new URL\("(\.[^"$]+)", import\.meta\.url\)/g);
    for (const [, path] of assets) {
      const asset = new URL(path, url).href;
      // A folder includes its contents.
      if (!asset.endsWith("/") && /\.\w+$/.test(asset)) needed.add(asset.slice(ROOT.href.length));
    }
  }
  assertEquals([...needed].filter((each) => !files.includes(each)), []);
});

Deno.test("what is published names @std by jsr", async () => {
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  for (const [name, target] of Object.entries<string>(imports)) {
    if (name.startsWith("@std/")) assert(target.startsWith(`jsr:${name}@^`), `${name} is mapped to ${target}`);
  }
});
