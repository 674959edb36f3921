import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { generate } from "../../examples/settings/generate.ts";
import { SECTIONS } from "../../examples/settings/reference.ts";
import { buildSchema } from "../../examples/settings/schema.ts";
import { checkConfig } from "../../src/config/layers.ts";
import { keysOf, type Setting, variablesOf } from "../../src/config/settings/setting.ts";
import { SETTINGS } from "../../src/config/settings/table.ts";
import { Program } from "../_support/cli/program.ts";
import { optionsInGuide, outputInGuide } from "../_support/examples/guide.ts";
import { isValid } from "../_support/examples/json_schema.ts";

const MAIN = "examples/settings/main.ts";
const ROOT = new URL("../../", import.meta.url);
const ROWS: readonly Setting<unknown>[] = Object.values(SETTINGS);
const SCHEMA = buildSchema();

Deno.test("the reference and the schema in examples/settings are those of the settings table", async () => {
  for (const [name, text] of Object.entries(generate())) {
    const kept = await Deno.readTextFile(new URL(`examples/settings/${name}`, ROOT));
    assert(kept === text, `${name} is stale: deno task settings writes it again`);
  }
});

Deno.test("the reference has every setting once, and every name", () => {
  const names = SECTIONS.flatMap(([, rows]) => Object.keys(rows));
  assertEquals(names.toSorted(), Object.keys(SETTINGS).toSorted());
  const { "REFERENCE.md": text } = generate();
  for (const row of ROWS) {
    for (const name of [row.option, ...keysOf(row), ...variablesOf(row)]) {
      assert(name === undefined || text.includes(`| \`${name}\` `), name);
    }
  }
});

Deno.test("the schema has every key, and no other", () => {
  const { properties } = (SCHEMA.properties as { metrics: { properties: Record<string, unknown> } }).metrics;
  assertEquals(Object.keys(properties).toSorted(), ROWS.flatMap(keysOf).toSorted());
});

/** All examples of configuration, with where they stand. */
async function examples(): Promise<[where: string, document: unknown][]> {
  const texts: [string, string][] = [];
  for (const path of ["examples/trading/hotpath.yaml", "examples/settings/hotpath.yaml"]) {
    texts.push([path, await Deno.readTextFile(new URL(path, ROOT))]);
  }
  for (const path of ["README.md", "examples/settings/README.md", "src/config/file.ts"]) {
    const page = (await Deno.readTextFile(new URL(path, ROOT))).replaceAll(/^ \* ?/gm, "");
    for (const [, text] of page.matchAll(/```ya?ml\n(.*?)```/gs)) if (/^metrics:/m.test(text)) texts.push([path, text]);
  }
  return texts.map(([where, text]) => [where, parse(text, { schema: "core" })]);
}

Deno.test("the schema admits all examples of configuration, as the module does", async () => {
  const documents = await examples();
  assert(documents.length >= 4);
  for (const [where, document] of documents) {
    assert(isValid(SCHEMA, document), where);
    checkConfig("read an example", { source: where, metrics: (document as { metrics: unknown }).metrics });
  }
});

Deno.test("the schema refuses what the module refuses", () => {
  const wrong: Record<string, unknown>[] = [
    { sampling_rat: 1 },
    { enabled: "yes" },
    { sampling_rate: 2 },
    { ring_capacity: 32 },
    { overflow: "drop" },
    { windows: [60] },
    { slo_by_timer: { a: { target: 0.9 } } },
    { health: { drop_ratio: { window: "1m" } } },
    { health: { lag: true } },
    { runtime: { eventLoop: true } },
    { auth: { bearerFile: "f" } },
    { port: "9464" },
    { scrape_timeout: 10 },
    { buffer_size: 64, ring_capacity: 64 },
  ];
  for (const metrics of wrong) {
    assert(!isValid(SCHEMA, { metrics }), JSON.stringify(metrics));
    let error: unknown;
    try {
      checkConfig("read a file", { source: "x.yaml", metrics });
    } catch (thrown) {
      error = thrown;
    }
    assert(error !== undefined, JSON.stringify(metrics));
  }
});

Deno.test("the schema admits each default that it names", () => {
  const { properties } = (SCHEMA.properties as { metrics: { properties: Record<string, Record<string, unknown>> } })
    .metrics;
  const withDefault = Object.entries(properties).filter(([, schema]) => "default" in schema);
  assert(withDefault.length > 20);
  for (const [key, schema] of withDefault) assert(isValid(schema, schema.default), key);
});

Deno.test("settings main prints what its guide shows: the option, then the file", async () => {
  await using program = new Program(MAIN, [], { permissions: await optionsInGuide(MAIN) });
  assertEquals(await program.end(), { code: 0, lines: await outputInGuide(MAIN), errors: "" });
});

Deno.test("settings main prefers the environment to the file, and the option to both", async () => {
  const env = { METRICS_SAMPLING_RATE: "0.5", METRICS_DRAIN_INTERVAL_MS: "100" };
  await using program = new Program(MAIN, [], { permissions: await optionsInGuide(MAIN), env });
  const { lines } = await program.end();
  assertEquals(lines.slice(0, 2), ["drainIntervalMs: 50", "sampling.rate: 0.5"]);
});
