import { assert, assertEquals } from "@std/assert";
import { Project, RUNTIMES } from "../_support/npm/runtimes.ts";

let project: Project;
Deno.test.beforeAll(async () => void (project = await Project.create()));
Deno.test.afterAll(() => project?.[Symbol.asyncDispose]());

const AGGREGATIONS = ["worker", "inline"];

for (const runtime of RUNTIMES) {
  for (const aggregation of AGGREGATIONS) {
    Deno.test(`serveMetrics serves what ${runtime} has recorded, aggregation: "${aggregation}"`, async () => {
      const lines = [
        'orders_total{side="buy"} 3',
        'order_seconds_bucket{le="0.001"} 1',
        'order_seconds_bucket{le="1"} 2',
        'order_seconds_bucket{le="+Inf"} 2',
        "order_seconds_count 2",
        "depth 12",
        "/ 200",
        "/health 200",
        "/metrics.json 200",
      ];
      const { code, said } = await project.run(runtime, ["serve.mjs", aggregation]);
      assertEquals({ code, said: said.trim().split("\n") }, { code: 0, said: lines });
    });

    Deno.test(`a program of ${runtime} ends by itself, with its last record, aggregation: "${aggregation}"`, async () => {
      const outcome = await project.run(runtime, ["end.mjs", aggregation]);
      assertEquals(outcome, { code: 0, said: "nothing left to do\nslobreach order_seconds\n" });
    });
  }

  Deno.test(`attachMetrics records on threads of ${runtime}, and loses nothing`, async () => {
    const outcome = await project.run(runtime, ["threads.mjs"]);
    const said = "orders_total 3000\norder_seconds_count 2000\nhotpath_records_dropped_total 0\n";
    assertEquals(outcome, { code: 0, said });
  });

  Deno.test(`what only Deno can do is refused in ${runtime} with a sentence`, async () => {
    const sentences = [
      "Cannot open the ffi clock: it needs Deno on Linux or macOS, this is not Deno",
      "Cannot read metrics.yml: reading files needs Deno",
      "Cannot write a snapshot to snapshots: writing files needs Deno",
    ];
    const { code, said } = await project.run(runtime, ["refused.mjs"]);
    assertEquals({ code, said: said.trim().split("\n") }, { code: 0, said: sentences });
  });
}

Deno.test("TypeScript accepts a strict program that imports all entry points", async () => {
  assertEquals(await project.check("types.mts"), { code: 0, said: "" });
});

Deno.test("the npm package has types for each module, and depends on hono and ws alone", async () => {
  const files = new Set(project.files());
  const modules = [...files].filter((path) => path.endsWith(".js"));
  assert(modules.length > 200, `there are ${modules.length} modules`);
  assertEquals(modules.filter((path) => !files.has(path.replace(/\.js$/, ".d.ts"))), []);
  const manifest = JSON.parse(await project.read("package.json"));
  assertEquals(Object.keys(manifest.dependencies), ["hono", "ws"]);
  assertEquals(manifest.engines.node, ">=22.12");
  for (const name of ["README.md", "LICENSE", "CHANGELOG.md"]) assert((await project.read(name)).length > 0, name);
  const { exports } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assertEquals(Object.keys(manifest.exports), Object.keys(exports));
});
