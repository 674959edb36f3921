import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { parseConfig, readConfig } from "../../src/config/file.ts";
import { checkConfig } from "../../src/config/layers.ts";
import { withDirectory } from "../_support/directory.ts";

const YAML = `# Everything that a file can say.
metrics:
  enabled: true
  sampling_rate: .5
  windows: [1s, 1m]
  histogram_buckets:
    - 5ms
    - 0.01
  sla_thresholds:
    order_execution: 5ms
    order_fill: { threshold: 1ms, target: 0.99 }
`;

const METRICS = {
  enabled: true,
  sampling_rate: 0.5,
  windows: ["1s", "1m"],
  histogram_buckets: ["5ms", 0.01],
  sla_thresholds: { order_execution: "5ms", order_fill: { threshold: "1ms", target: 0.99 } },
};

async function withFile(name: string, text: string, use: (path: string) => Promise<void>): Promise<void> {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/${name}`, text);
    await use(`${directory}/${name}`);
  });
}

Deno.test("readConfig reads YAML and JSON", async () => {
  const texts = { "hotpath.yaml": YAML, "hotpath.json": JSON.stringify({ metrics: METRICS }, undefined, "\t") };
  for (const [name, text] of Object.entries(texts)) {
    await withFile(name, text, async (path) => {
      assertEquals(await readConfig(path), { source: path, metrics: METRICS });
      const url = new URL(`file://${path}`);
      assertEquals(await readConfig(url), { source: url.href, metrics: METRICS });
    });
  }
});

Deno.test("readConfig reports why a file cannot be read", async () => {
  await withFile("hotpath.yaml", "", async (path) => {
    const directory = path.slice(0, path.lastIndexOf("/"));
    const missing = `${directory}/missing.yaml`;
    assertEquals(
      (await assertRejects(() => readConfig(missing))).message,
      `Cannot read ${missing}: there is no such file`,
    );
    assertEquals(
      (await assertRejects(() => readConfig(directory))).message,
      `Cannot read ${directory}: it is a directory`,
    );
  });
});

Deno.test("parseConfig names the file and the line of what is neither YAML nor JSON", () => {
  const refusals: [text: string, says: string][] = [
    ["metrics:\n  windows: [1s\n  port: 1\n", "line 3, column 3: missing comma between flow collection entries"],
    ["metrics:\n  port: 1\n  port: 2\n", "line 3, column 3: duplicated key"],
    ['{ "metrics": {\n  "port": 1,\n', "line 3, column 1: unexpected end of the stream within a flow collection"],
    ['{ "metrics": }}', "line 1, column 15: end of the stream or a document separator is expected"],
    ["metrics: !!js/function x\n", "line 1, column 25: Cannot resolve unknown tag !…"],
  ];
  for (const [text, says] of refusals) {
    const { message } = assertThrows(() => parseConfig(text, "hotpath.yaml"), SyntaxError);
    assertEquals(message, `Cannot read hotpath.yaml: ${says}`);
  }
});

Deno.test("parseConfig quotes nothing from a file that it cannot read, because it may contain secrets", () => {
  const values = ["*s3cret", "!s3cret x", "!<s3cret> x", "@s3cret", '"s3cret', "s3cret: x", "|s3cret", "!!int s3cret"];
  for (const value of values) {
    const text = `metrics:\n  auth:\n    bearer: ${value}\n`;
    const error = assertThrows(() => parseConfig(text, "hotpath.yaml"), SyntaxError);
    assert(!Deno.inspect(error).includes("s3cret"), Deno.inspect(error));
  }
});

Deno.test("parseConfig refuses what is not below the key metrics", () => {
  const refusals: [text: string, says: string][] = [
    ["", 'it must have the key "metrics"'],
    ["{}", 'it must have the key "metrics"'],
    ["- metrics", 'it must have the key "metrics"'],
    ["metric:\n  port: 1", 'keys of the file must be among metrics, got "metric"; did you mean "metrics"?'],
    ["metrics:\n  port: 1\nport: 2", 'keys of the file must be among metrics, got "port"'],
    ["metrics: [port]", '"metrics" must be an object with settings'],
    ["metrics: on", '"metrics" must be an object with settings'],
  ];
  for (const [text, says] of refusals) {
    const { message } = assertThrows(() => parseConfig(text, "hotpath.yaml"), TypeError);
    assertEquals(message, `Cannot read hotpath.yaml: ${says}`);
  }
  assertEquals(parseConfig("metrics:\n  # port: 1\n", "hotpath.yaml").metrics, {});
});

Deno.test("parseConfig reads no dates, binaries or words for booleans into what was written", () => {
  const { metrics } = parseConfig("metrics:\n  a: 2026-01-02\n  b: yes\n  c: 1m\n", "hotpath.yaml");
  assertEquals(metrics, { a: "2026-01-02", b: "yes", c: "1m" });
});

Deno.test("parseConfig returns any JSON, however it is formatted", () => {
  const key = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 8 }).filter((each) => each !== "__proto__");
  const value = fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.array(fc.integer()), fc.constant(null));
  fc.assert(
    fc.property(fc.dictionary(key, value), fc.constantFrom(undefined, 2, "\t"), (metrics, indent) => {
      const plain = JSON.parse(JSON.stringify(metrics));
      assertEquals(parseConfig(JSON.stringify({ metrics }, undefined, indent), "x").metrics, plain);
    }),
    { seed: 15 },
  );
});

/** A list of nine lists of nine lists …, in some hundred bytes. */
function bombOf(levels: number): string {
  const lists = Array.from({ length: levels }, (_, level) => {
    const members = Array(9).fill(level === 0 ? "x" : `*a${level - 1}`);
    return `&a${level} [${members.join(", ")}]`;
  });
  return `[${lists.join(", ")}]`;
}

Deno.test("parseConfig refuses aliases that expand a few bytes to many, and deep nesting, before it has read everything", () => {
  const refusal = "Cannot read x.yaml: it has more than 10000 values once aliases are expanded, or more than 32 levels";
  const texts = [
    bombOf(5),
    bombOf(40),
    "&a [*a]",
    `{ a: &a { b: *a } }`,
    "[".repeat(33) + "]".repeat(33),
    "[".repeat(100_000),
    `[${"1, ".repeat(10_000)}]`,
  ];
  for (const text of texts) {
    const { message } = assertThrows(() => parseConfig(`metrics: { port: ${text} }`, "x.yaml"), SyntaxError);
    assertEquals(message, refusal);
  }
  parseConfig(`metrics: { port: ${bombOf(3)} }`, "x.yaml");
  parseConfig(`metrics: { port: [${"1, ".repeat(9_000)}] }`, "x.yaml");
});

Deno.test("parseConfig treats __proto__ as a key like any other, and no key twice", () => {
  for (const text of ["metrics: { __proto__: { port: 1 } }", '{ "metrics": { "__proto__": { "port": 1 } } }']) {
    const config = parseConfig(text, "x.yaml");
    assertEquals(Object.keys(config.metrics), ["__proto__"]);
    assertEquals(Object.getPrototypeOf(config.metrics), Object.prototype);
    assertThrows(() => checkConfig("create metrics", config), TypeError, 'got "__proto__"');
  }
  assertThrows(() => parseConfig("metrics: { port: 1, port: 2 }", "x.yaml"), SyntaxError, "duplicated key");
  assertThrows(() => parseConfig('{ "metrics": { "port": 1, "port": 2 } }', "x.yaml"), SyntaxError, "duplicated key");
});

Deno.test("checkConfig names an unknown key in one line, however long that is", () => {
  const config = parseConfig(`metrics: { ${"k".repeat(1_000)}: 1 }`, "x.yaml");
  const { message } = assertThrows(() => checkConfig("create metrics", config), TypeError);
  assert(message.endsWith(`, got "${"k".repeat(79)}…"`));
});
