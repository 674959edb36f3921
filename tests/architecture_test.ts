/**
 * Holds the way of the data: which folder of `src/` may import which, read from the real import
 * graph, and that the recording side stays free of dependencies.
 */

import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../", import.meta.url);
const SRC = new URL("src/", ROOT).href;

/** What may be imported from where; the shared words (`model`, `names`, `errors`, `duration`) may be from anywhere. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  ring: [],
  record: ["ring"],
  instrument: ["record", "ring"],
  window: [],
  live: ["series", "window"],
  sampling: [],
  health: [],
  series: ["window"],
  trace: ["record", "instrument", "ring"],
  drain: ["ring", "series", "traces", "window"],
  traces: [],
  encode: ["window"],
  export: ["encode"],
  worker: [
    "ring",
    "drain",
    "series",
    "window",
    "traces",
    "encode",
    "live",
    "serve",
    "runtime",
    "health",
    "export",
    "sampling",
  ],
  config: ["instrument", "traces", "window", "health"],
  "surface.ts": ["config", "instrument", "trace", "worker", "health"],
  cache: ["instrument", "surface.ts"],
  dashboard: [],
  serve: ["config", "encode", "surface.ts", "websocket", "http"],
  websocket: ["instrument", "surface.ts"],
  sets: ["instrument", "surface.ts"],
  http: ["instrument", "surface.ts", "record", "trace"],
  testing: ["metrics.ts", "surface.ts", "options.ts", "record"],
  monitoring: ["health", "sets"],
  cli: ["config", "monitoring", "metrics.ts", "surface.ts", "options.ts", "encode", "export", "serve", "examples"],
  "options.ts": ["config", "record", "traces", "window", "health", "sampling"],
  "metrics.ts": [
    "config",
    "instrument",
    "record",
    "ring",
    "trace",
    "worker",
    "encode",
    "options.ts",
    "surface.ts",
    "runtime",
    "health",
    "sampling",
  ],
  "noop_metrics.ts": ["instrument", "encode", "trace", "worker", "surface.ts", "health"],
  "attach_metrics.ts": [
    "instrument",
    "record",
    "ring",
    "trace",
    "worker",
    "surface.ts",
    "noop_metrics.ts",
    "config",
    "runtime",
  ],
  runtime: ["instrument"],
};
const SHARED = [
  "adjustable_settings.ts",
  "clocked.ts",
  "definitions.ts",
  "model.ts",
  "snapshot.ts",
  "diagnostics.ts",
  "source.ts",
  "serving.ts",
  "families.ts",
  "kpi.ts",
  "live_frames.ts",
  "live_request.ts",
  "spans.ts",
  "health_status.ts",
  "names.ts",
  "printable.ts",
  "sample_names.ts",
  "show.ts",
  "errors.ts",
  "decimal.ts",
  "duration.ts",
  "saturated.ts",
  "unref_timer.ts",
  "wall_clock.ts",
  "runtime_choice.ts",
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

/** The part of `src/` that a module belongs to: a folder or a file at its top. */
function partOf(specifier: string): string {
  if (specifier.startsWith(new URL("examples/", ROOT).href)) return "examples";
  return specifier.slice(SRC.length).split("/")[0];
}

async function sourceGraph(): Promise<Map<string, Module>> {
  const modules = new Map<string, Module>();
  for (
    const entry of [
      "mod.ts",
      "src/worker/main.ts",
      "src/serve/server.ts",
      "src/serve/hono.ts",
      "src/testing/mod.ts",
      "src/config/file.ts",
      "src/cli/main.ts",
      "src/dashboard/main.ts",
    ]
  ) {
    for (const module of await graphOf(entry)) modules.set(module.specifier, module);
  }
  return modules;
}

Deno.test("imports in src run along the way of the data only", async () => {
  const wrong: string[] = [];
  for (const module of (await sourceGraph()).values()) {
    if (!module.specifier.startsWith(SRC)) continue;
    const from = partOf(module.specifier);
    for (const target of targetsOf(module).filter((each) => each.startsWith("file:"))) {
      if (!target.startsWith(SRC) && partOf(target) !== "examples") continue;
      const to = partOf(target);
      const allowed = SHARED.includes(from) ? SHARED : [from, ...SHARED, ...MAY_IMPORT[from] ?? []];
      if (!allowed.includes(to)) wrong.push(`${module.specifier.slice(SRC.length)} imports ${to}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("every part of src stands in the import table", async () => {
  const parts: string[] = [];
  for await (const { name } of Deno.readDir(new URL(SRC))) if (!name.endsWith(".md")) parts.push(name);
  const known = [...Object.keys(MAY_IMPORT), ...SHARED];
  assertEquals(parts.toSorted(), known.toSorted());
});

Deno.test("mod.ts imports nothing but its own files and what Deno has built in", async () => {
  for (const entry of ["mod.ts", "src/worker/main.ts"]) {
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

Deno.test("only serve imports Hono, only worker and ring know that there are threads", async () => {
  for (const module of (await sourceGraph()).values()) {
    if (!module.specifier.startsWith(SRC)) continue;
    const part = partOf(module.specifier);
    const targets = targetsOf(module);
    if (part !== "serve") assert(!targets.some((each) => each.startsWith("npm:hono")), module.specifier);
    if (part === "worker" || part === "ring") continue;
    assert(!targets.includes("node:worker_threads"), module.specifier);
    const source = await Deno.readTextFile(new URL(module.specifier));
    assert(!/new SharedArrayBuffer|Atomics\./.test(source), `${module.specifier} touches shared memory`);
  }
});

Deno.test("the page is made of its own files, shared words and uPlot, and of what browsers have", async () => {
  for (const { specifier } of await graphOf("src/dashboard/main.ts")) {
    if (specifier.startsWith("npm:") || specifier.startsWith("npm/")) assert(specifier.includes("uplot"), specifier);
    else assert(specifier.startsWith(SRC), specifier);
  }
});

Deno.test("library code prints nothing but two warnings", async () => {
  for (const module of (await sourceGraph()).values()) {
    if (!module.specifier.startsWith(SRC) || partOf(module.specifier) === "cli") continue;
    // That anybody can read the metrics, and that nothing is aggregated: nobody else would say so.
    if (/\/(serve\/warning|worker\/start_failure)\.ts$/.test(module.specifier)) continue;
    assert(!/\bconsole\./.test(await Deno.readTextFile(new URL(module.specifier))), module.specifier);
  }
});
