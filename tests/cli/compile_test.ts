import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { withDirectory } from "../_support/directory.ts";
import { embeddedPaths, isEmbedded } from "../_support/cli/embedded.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
const TASK = manifest.tasks.compile.command.split(" ").slice(1);

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function deno(args: readonly string[], cwd: string, env: Record<string, string>): Promise<Outcome> {
  const { DENORT_BIN: _, ...own } = Deno.env.toObject();
  const output = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { ...own, NO_COLOR: "1", ...env },
    clearEnv: true,
    stdin: "null",
  }).output();
  const [stdout, stderr] = [output.stdout, output.stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code: output.code, stdout, stderr };
}

interface Graph {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly { readonly code?: { readonly specifier?: string } }[];
  }[];
}

/** All modules that run, those that are loaded on demand included. */
async function modulesOf(entry: string): Promise<string[]> {
  const { code, stdout, stderr } = await deno(["info", "--json", entry], ROOT, {});
  assertEquals(code, 0, stderr);
  const { modules } = JSON.parse(stdout) as Graph;
  const dependencies = new Map(modules.map((module) => [module.specifier, module.dependencies ?? []]));
  const reached = new Set([new URL(entry, `file://${ROOT}`).href]);
  for (const specifier of reached) {
    for (const { code } of dependencies.get(specifier) ?? []) {
      if (code?.specifier !== undefined) reached.add(code.specifier);
    }
  }
  return [...reached];
}

Deno.test("deno task compile embeds the program, its worker and the demo's data, and nothing from outside", async () => {
  await withDirectory(async (directory) => {
    const output = `${directory}/hotpath`;
    const { code, stdout, stderr } = await deno([...TASK, "--output", output], ROOT, { DENORT_BIN: Deno.execPath() });
    assertEquals(code, 0, stderr);
    assert((await Deno.stat(output)).isFile);

    const paths = embeddedPaths(stderr);
    for (
      const file of ["src/cli/main.ts", "src/threads/worker/main.ts", "examples/trading/sp500-2000.csv", "deno.json"]
    ) {
      assert(isEmbedded(paths, file), `${file} is not among ${paths}`);
    }
    for (const specifier of await modulesOf("src/cli/main.ts")) {
      const { protocol, pathname } = new URL(specifier);
      if (protocol === "node:" || protocol === "npm:") continue;
      assertEquals(protocol, "file:", `${specifier} comes from outside`);
      const file = decodeURIComponent(pathname).slice(ROOT.length);
      assert(isEmbedded(paths, file), `${file} is not among ${paths}`);
    }
    assert(!paths.some((path) => /fast-check|prom-client|^tests|^bench|compile\.ts/.test(path)), `${paths}`);
    // With Deno itself in the place of its run-time part, the file is Deno.
    assertStringIncludes(stdout, "does not run as hotpath");
  });
});

Deno.test("deno task compile advises what to do where the run-time part cannot be fetched", async () => {
  await withDirectory(async (directory) => {
    // A cache that has the packages, but nothing that was downloaded for compiling.
    const { npmCache } = JSON.parse((await deno(["info", "--json"], ROOT, {})).stdout);
    await Deno.mkdir(`${directory}/cache`);
    await Deno.symlink(npmCache, `${directory}/cache/npm`);
    // No server listens there.
    const env = { DENO_DIR: `${directory}/cache`, HTTPS_PROXY: "http://127.0.0.1:9" };
    const { code, stdout, stderr } = await deno([...TASK, "--output", `${directory}/hotpath`], ROOT, env);
    assertEquals([code, stdout], [1, ""]);
    assertStringIncludes(stderr, "The binary was not built");
    assertStringIncludes(stderr, "denort-");
    assertStringIncludes(stderr, "DENORT_BIN=/path/to/denort deno task compile");
  });
});

Deno.test("deno compile of a program that imports Hotpath embeds the worker without further flags", async () => {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/deno.json`, JSON.stringify({ links: [ROOT] }));
    await Deno.writeTextFile(
      `${directory}/main.ts`,
      `import { createMetrics } from "jsr:@hotpath/metrics@${manifest.version}";
import { serveMetrics } from "jsr:@hotpath/metrics@${manifest.version}/server";
await serveMetrics(createMetrics());`,
    );
    // Modules that are not cached are excluded: this is about Hotpath's own.
    const args = ["compile", "--cached-only", "--no-check", "--exclude-unused-npm", "--output", "program"];
    const { code, stderr } = await deno([...args, "main.ts"], directory, { DENORT_BIN: Deno.execPath() });
    assertEquals(code, 0, stderr);
    const paths = embeddedPaths(stderr);
    for (const file of await modulesOf("src/threads/worker/main.ts")) {
      if (!file.startsWith("file:")) continue;
      const path = decodeURIComponent(new URL(file).pathname).slice(ROOT.length);
      assert(isEmbedded(paths, path), `${path} is not among ${paths}`);
    }
  });
});
