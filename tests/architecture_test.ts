/**
 * Holds the rules of `src/ARCHITECTURE.md` against the real import graph: folders and files form no cycle, what each
 * folder may import, and who may know of Hono, threads and the runtime.
 */

import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const SRC = new URL("src/", ROOT).href;

/**
 * Folders of `src/` and what each may import besides itself, its own folders and {@linkcode SHARED}, which stand above it.
 * The one table: a new folder is a row, and `"."` stands for the files right under `src/`.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // Shared words.
  check: [],
  model: ["check"],
  platform: [],
  // Recording thread.
  ring: [],
  record: ["ring"],
  instrument: ["record", "ring"],
  trace: ["instrument", "record"],
  // Aggregator.
  sketch: [],
  encode: ["sketch"],
  health: [],
  aggregate: ["encode", "health", "ring", "sketch"],
  keep: ["encode"],
  // Users and readers.
  config: ["aggregate", "health", "instrument", "record", "sketch"],
  api: ["config", "health", "instrument", "trace"],
  serve: ["api", "config", "encode"],
  threads: ["aggregate", "api", "keep", "record", "ring", "serve", "sketch"],
  // Around it.
  instrumentation: ["api", "instrument", "record", "trace"],
  monitoring: ["health", "instrumentation"],
  dashboard: [],
  ".": [
    "aggregate",
    "api",
    "config",
    "encode",
    "health",
    "instrument",
    "instrumentation",
    "keep",
    "record",
    "ring",
    "serve",
    "threads",
    "trace",
  ],
  testing: [".", "api", "config", "record"],
  cli: [".", "api", "config", "encode", "examples", "monitoring"],
};
/** Words that all may use. */
const SHARED = ["check", "model", "platform"];
/** Who may import them in turn. */
const SHARED_IMPORT: Readonly<Record<string, readonly string[]>> = { check: [], model: ["check"], platform: [] };

/** Entries that reach every module. */
const ENTRIES = [
  "mod.ts",
  "src/config/file.ts",
  "src/export.ts",
  "src/hono.ts",
  "src/server.ts",
  "src/testing/mod.ts",
  "src/threads/worker/main.ts",
  "src/cli/main.ts",
  "src/cli/build_dashboard.ts",
  "src/cli/build_docs.ts",
  "src/cli/build_npm.ts",
  "src/cli/compile.ts",
  "src/dashboard/main.ts",
];

interface Dependency {
  readonly specifier: string;
  readonly isDynamic?: boolean;
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly Dependency[];
}

async function graphOf(entry: string): Promise<Module[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", new URL(entry, ROOT).pathname],
    cwd: ROOT,
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)).modules;
}

function targetsOf({ dependencies = [] }: Module): string[] {
  return dependencies.flatMap(({ code, type }) => [code?.specifier, type?.specifier]).filter((each) =>
    each !== undefined
  );
}

/** The modules of `src/` by their paths there, with the paths of the modules that they import. */
async function sourceGraph(): Promise<Map<string, { readonly module: Module; readonly imports: readonly string[] }>> {
  const graph = new Map();
  for (const module of (await Promise.all(ENTRIES.map(graphOf))).flat()) {
    if (!module.specifier.startsWith(SRC)) continue;
    const imports = targetsOf(module).filter((each) => each.startsWith(ROOT.href) && each.endsWith(".ts"))
      .map((each) => each.startsWith(SRC) ? each.slice(SRC.length) : `../${each.slice(ROOT.href.length)}`)
      .filter((each) => !each.startsWith("../std/"));
    graph.set(module.specifier.slice(SRC.length), { module, imports });
  }
  return graph;
}

const GRAPH = sourceGraph();

/** The folder of a module, whole: `aggregate/drain`; `"."` for a door. */
function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : ".";
}

/** The folder of `src/` that a module lies in, or `examples`. */
function partOf(path: string): string {
  return path.startsWith("../") ? path.split("/")[1] : folderOf(path).split("/")[0];
}

/** The arrows between what modules belong to. */
function arrowsBetween(
  graph: Awaited<typeof GRAPH>,
  groupOf: (path: string) => string,
): ReadonlyMap<string, ReadonlySet<string>> {
  const arrows = new Map<string, Set<string>>();
  for (const [path, { imports }] of graph) {
    const from = groupOf(path);
    const targets = arrows.get(from) ?? new Set();
    arrows.set(from, targets);
    for (const target of imports) if (groupOf(target) !== from) targets.add(groupOf(target));
  }
  return arrows;
}

/** One cycle, if there is any. */
function cycleIn(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const isDone = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (isDone.has(node)) return [];
    path.push(node);
    for (const target of arrows.get(node) ?? []) {
      const cycle = visit(target);
      if (cycle.length > 0) return cycle;
    }
    path.pop();
    isDone.add(node);
    return [];
  };
  for (const node of arrows.keys()) {
    const cycle = visit(node);
    if (cycle.length > 0) return cycle;
  }
  return [];
}

Deno.test("cycleIn finds a cycle, and only where there is one", () => {
  const arrows = (pairs: [string, string[]][]) => new Map(pairs.map(([from, to]) => [from, new Set(to)]));
  assertEquals(cycleIn(arrows([["a", ["b", "c"]], ["b", ["c"]], ["c", []]])), []);
  assertEquals(cycleIn(arrows([["a", ["b"]], ["b", ["c"]], ["c", ["b"]]])), ["b", "c", "b"]);
});

Deno.test("files of src form no cycle", async () => {
  assertEquals(cycleIn(arrowsBetween(await GRAPH, (path) => path)), []);
});

Deno.test("folders of src form no cycle, each for itself", async () => {
  assertEquals(cycleIn(arrowsBetween(await GRAPH, folderOf)), []);
});

Deno.test("folders of src form no cycle, each with the folders in it", async () => {
  assertEquals(cycleIn(arrowsBetween(await GRAPH, partOf)), []);
});

Deno.test("imports in src run along the table only", async () => {
  const wrong: string[] = [];
  for (const [path, { imports }] of await GRAPH) {
    const from = partOf(path);
    const allowed = [from, ...SHARED_IMPORT[from] ?? SHARED, ...MAY_IMPORT[from] ?? []];
    for (const target of imports) if (!allowed.includes(partOf(target))) wrong.push(`${path} imports ${target}`);
  }
  assertEquals(wrong, []);
});

Deno.test("the table runs one way: each row imports rows above it", () => {
  const above = new Set(["examples"]);
  for (const [folder, imports] of Object.entries(MAY_IMPORT)) {
    assertEquals(imports.filter((each) => !above.has(each)), [], folder);
    above.add(folder);
  }
});

Deno.test("every row of the table is used, every folder of src has one, and every module is reached", async () => {
  const graph = await GRAPH;
  const arrows = arrowsBetween(graph, partOf);
  const unused = Object.entries(MAY_IMPORT).flatMap(([from, targets]) =>
    targets.filter((to) => !arrows.get(from)?.has(to)).map((to) => `${from} → ${to}`)
  );
  assertEquals(unused, []);
  const modules = await modulesOf(new URL(SRC));
  const parts = new Set(modules.map(partOf));
  assertEquals([...parts].toSorted(), Object.keys(MAY_IMPORT).toSorted());
  assertEquals(modules.filter((path) => !graph.has(path) && !path.endsWith(".d.ts")), []);
});

/** Paths of all modules below a folder, relative to it. */
async function modulesOf(folder: URL, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) found.push(...await modulesOf(new URL(`${name}/`, folder), `${prefix}${name}/`));
    else if (name.endsWith(".ts")) found.push(prefix + name);
  }
  return found;
}

Deno.test("src/ARCHITECTURE.md shows the same table", async () => {
  const page = await Deno.readTextFile(new URL("ARCHITECTURE.md", SRC));
  const rows = [...page.matchAll(/^\| `([\w.]+)` +\| [^|]+ \| ((?:`[\w.]+` ?)*) *\|$/gm)]
    .map(([, folder, imports]) => [folder, [...imports.matchAll(/[\w.]+/g)].map(([name]) => name)]);
  assertEquals<unknown>(rows, Object.entries(MAY_IMPORT));
});

Deno.test("what is loaded with mod.ts or the worker needs nothing but Hotpath's own files and built-in modules", async () => {
  for (const entry of ["mod.ts", "src/threads/worker/main.ts"]) {
    const modules = new Map((await graphOf(entry)).map((module) => [module.specifier, module]));
    const queue = [new URL(entry, ROOT).href];
    const seen = new Set(queue);
    for (const specifier of queue) {
      const own = specifier.startsWith(SRC) || specifier === new URL("mod.ts", ROOT).href;
      assert(own || specifier.startsWith("node:"), `${entry} reaches ${specifier}`);
      // What is loaded on demand (serving) may have dependencies.
      const loaded = modules.get(specifier)?.dependencies?.filter(({ isDynamic }) => isDynamic !== true) ?? [];
      for (const { code } of loaded) {
        if (code?.specifier === undefined || seen.has(code.specifier)) continue;
        seen.add(code.specifier);
        queue.push(code.specifier);
      }
    }
  }
});

Deno.test("encode sees snapshots and families, not the store", async () => {
  for (const [path, { imports }] of await GRAPH) {
    if (partOf(path) === "encode") assert(!imports.some((each) => partOf(each) === "aggregate"), path);
  }
});

Deno.test("ring knows nothing of instruments", async () => {
  for (const [path, { imports }] of await GRAPH) {
    if (partOf(path) !== "ring") continue;
    assert(!imports.some((each) => ["instrument", "record", "trace"].includes(partOf(each))), path);
  }
});

Deno.test("only serve, instrumentation/hono and hono.ts import Hono", async () => {
  for (const [path, { module }] of await GRAPH) {
    if (partOf(path) === "serve" || folderOf(path) === "instrumentation/hono" || path === "hono.ts") continue;
    assert(!targetsOf(module).some((each) => each.startsWith("npm:hono")), path);
  }
});

Deno.test("only threads and ring know that there are threads", async () => {
  for (const [path, { module }] of await GRAPH) {
    if (partOf(path) === "threads" || partOf(path) === "ring") continue;
    const source = await Deno.readTextFile(new URL(module.specifier));
    assert(!/new SharedArrayBuffer|Atomics\./.test(source), `${path} touches shared memory`);
    assert(!/^import (?!type )[^;]*"node:worker_threads"/m.test(source), `${path} imports node:worker_threads`);
  }
});

Deno.test("only platform and cli name Deno", async () => {
  const found: string[] = [];
  for (const [path, { module }] of await GRAPH) {
    if (partOf(path) === "platform" || partOf(path) === "cli") continue;
    const source = withoutComments(await Deno.readTextFile(new URL(module.specifier)));
    if (/\bDeno\b/.test(source.replaceAll(/"[^"\n]*"/g, ""))) found.push(path);
  }
  assertEquals(found, []);
});

function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
}

Deno.test("the page is made of its own files, shared words and uPlot, and of what browsers have", async () => {
  for (const { specifier } of await graphOf("src/dashboard/main.ts")) {
    if (specifier.startsWith("npm:") || specifier.startsWith("npm/")) assert(specifier.includes("uplot"), specifier);
    else assert(specifier.startsWith(SRC), specifier);
  }
});

Deno.test("library code prints nothing but two warnings", async () => {
  for (const [path, { module }] of await GRAPH) {
    if (partOf(path) === "cli") continue;
    // Metrics open to everyone, and nothing aggregated: no caller would notice.
    if (path === "serve/warning.ts" || path === "threads/main/start_failure.ts") continue;
    assert(!/\bconsole\./.test(await Deno.readTextFile(new URL(module.specifier))), path);
  }
});

Deno.test("a module of tests/ is a test; what tests share is in _support/, and the mutation run in mutation/", async () => {
  const loose = (await modulesOf(new URL("tests/", ROOT))).filter((path) => !path.endsWith("_test.ts"));
  assertEquals(loose.filter((path) => !path.startsWith("_support/") && !path.startsWith("mutation/")), []);
});

/** Relative specifiers in a folder's modules, whatever they are for, that lead into another folder. */
async function referencesInto(from: string, to: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of await modulesOf(new URL(from, ROOT))) {
    const module = new URL(`${from}${path}`, ROOT);
    for (const [, specifier] of (await Deno.readTextFile(module)).matchAll(/["'`](\.{1,2}\/[^"'`\s]*)["'`]/g)) {
      if (new URL(specifier, module).href.startsWith(new URL(to, ROOT).href)) found.push(`${path}: ${specifier}`);
    }
  }
  return found;
}

Deno.test("bench and tests take nothing from each other", async () => {
  assertEquals(await referencesInto("bench/", "tests/"), []);
  assertEquals(await referencesInto("tests/", "bench/"), []);
});

Deno.test("a module of bench/cases is a *_bench.ts that exports ladders, and registers them with deno bench", async () => {
  for (const path of await modulesOf(new URL("bench/cases/", ROOT))) {
    assert(path.endsWith("_bench.ts"), path);
    const source = await Deno.readTextFile(new URL(`bench/cases/${path}`, ROOT));
    assert(/^export const ladders: Ladders = /m.test(source), path);
    assert(source.endsWith("\nawait registerBenches(ladders);\n"), path);
  }
});
