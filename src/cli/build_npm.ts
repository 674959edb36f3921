/**
 * `deno task npm --out FILE`: makes the tarball of the npm package, for Node and Bun. Not published, because it is only
 * used in this repository.
 *
 * `deno pack` chooses the files and makes the manifest. TypeScript makes JavaScript that Node 22 can parse, which has no
 * `using`, and the types of all modules. The parts of `@std` that are used go into the package, because npm has no
 * `@std`.
 *
 * @module
 */

import ts from "typescript";
import manifest from "../../deno.json" with { type: "json" };
import { parseFlags } from "./flags.ts";

const ROOT = decodeURIComponent(new URL("../../", import.meta.url).pathname);
/** Modules that nothing imports, but a worker starts. */
const STARTED = ["./src/threads/worker/main.ts"];
/** Folders of the command, which needs Deno. */
const DENO_ONLY = ["src/cli", "src/monitoring"];
const DESCRIPTION = "Metrics for programs whose hot path is counted in nanoseconds";
const KEYWORDS = ["metrics", "prometheus", "openmetrics", "histogram", "opentelemetry"];
/** Node 22.12 is the first that has all syntax and functions used here. */
const ENGINES = { node: ">=22.12", bun: ">=1.3" };
const STD_NOTICE =
  "// From @std, https://jsr.io/@std. Copyright the Deno authors. MIT license, whose text is in LICENSE.";

if (import.meta.main) {
  const { valueOf } = parseFlags(Deno.args, [{ name: "out", value: "FILE", help: "path of the tarball" }]);
  const out = valueOf("out") ?? `hotpath-metrics-${manifest.version}.tgz`;
  await buildPackage(out);
  console.log(`Built ${out}, version ${manifest.version}`);
}

/** Makes the tarball. */
export async function buildPackage(out: string): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "hotpath-npm-" });
  try {
    const packed = `${directory}/packed.tgz`;
    await run(Deno.execPath(), [
      "pack",
      "--quiet",
      "--allow-dirty",
      "--allow-slow-types",
      "--no-source-maps",
      "--output",
      packed,
    ]);
    await run("tar", ["-xzf", packed, "-C", directory]);
    const root = `${directory}/package`;
    for (const path of DENO_ONLY) await Deno.remove(`${root}/${path}`, { recursive: true });
    for (const path of await filesOf(`${root}/examples`)) if (!path.endsWith(".md")) await Deno.remove(path);
    writeModules(root);
    for (const path of await filesOf(`${root}/std`)) if (path.endsWith(".js")) await inlineStd(root, path);
    await writeManifest(`${root}/package.json`);
    await run("tar", ["-czf", out, "-C", directory, "package"]);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Writes the JavaScript and the types of each module. */
function writeModules(root: string): void {
  const names = [...Object.values(manifest.exports), ...STARTED].map((path) => `${ROOT}${path}`);
  const program = ts.createProgram(names, {
    declaration: true,
    allowImportingTsExtensions: true,
    rewriteRelativeImportExtensions: true,
    isolatedModules: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2024,
    lib: ["lib.esnext.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts"],
    strict: true,
    rootDir: ROOT,
    outDir: root,
    types: [],
    paths: { "@std/*": [`${ROOT}std/*.d.ts`] },
  });
  const { diagnostics } = program.emit(undefined, (path, text) => {
    ts.sys.writeFile(path, withPackageImports(text, path.slice(root.length + 1)));
  });
  if (diagnostics.length > 0) {
    throw new Error(`Cannot compile: ${ts.flattenDiagnosticMessageText(diagnostics[0].messageText, "\n")}`);
  }
}

/** Names modules of types by their JavaScript, and those of `@std` by their place in the package. */
function withPackageImports(text: string, path: string): string {
  const up = "../".repeat(path.split("/").length - 1);
  const local = text.replaceAll(/(?<=^(?! *\*).* from )"@std\/([^"]+)"/gm, `"${up}std/$1.js"`);
  return path.endsWith(".d.ts") ? local.replaceAll(/"(\.{1,2}\/[^"\n]*)\.ts"/g, '"$1.js"') : local;
}

/** Replaces a module of `@std` by its code, and copies its types. */
async function inlineStd(root: string, path: string): Promise<void> {
  const source = `${ROOT}${path.slice(root.length + 1).replace(/\.js$/, ".ts")}`;
  const code = await run(Deno.execPath(), ["bundle", "--quiet", "--platform", "browser", source]);
  await Deno.writeTextFile(path, `${STD_NOTICE}\n${code}`);
  await Deno.copyFile(source.replace(/\.ts$/, ".d.ts"), path.replace(/\.js$/, ".d.ts"));
}

async function writeManifest(path: string): Promise<void> {
  const { name, version, dependencies: { "deno-std": _, ...dependencies }, exports: paths, ...rest } = JSON.parse(
    await Deno.readTextFile(path),
  );
  const exports = Object.fromEntries(
    Object.entries<{ default: string }>(paths).map(([entry, { default: js }]) => [
      entry,
      { types: js.replace(/\.js$/, ".d.ts"), default: js },
    ]),
  );
  const whole = {
    name,
    version,
    description: DESCRIPTION,
    keywords: KEYWORDS,
    ...rest,
    types: "./mod.d.ts",
    exports,
    engines: ENGINES,
    dependencies,
  };
  await Deno.writeTextFile(path, `${JSON.stringify(whole, null, 2)}\n`);
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(directory));
  const paths = entries.map(({ name, isDirectory }) => {
    const path = `${directory}/${name}`;
    return isDirectory ? filesOf(path) : [path];
  });
  return (await Promise.all(paths)).flat();
}

/** Runs a program in the repository, and returns its output. */
async function run(program: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
  })
    .output();
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  if (code !== 0) throw new Error(`Cannot build the package: ${program} ${args[0]} ended with ${code}: ${errors}`);
  return output;
}
