import { assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { type Ending, Program } from "../_support/cli/program.ts";

const MAIN = "src/cli/main.ts";
const PERMISSIONS = [
  "--allow-read",
  "--allow-net=127.0.0.1,127.0.0.2,127.0.0.3",
  "--allow-env=METRICS_*,OTEL_EXPORTER_PROMETHEUS_HOST,OTEL_EXPORTER_PROMETHEUS_PORT",
];

async function withConfig(text: string, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(path, text);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

async function serveWith(path: string, env: Readonly<Record<string, string>> = {}): Promise<Ending> {
  const options = { permissions: PERMISSIONS, env };
  await using program = new Program(MAIN, ["serve", "--no-demo", "--port", "0", "--config", path], options);
  return await program.end();
}

const BAD_FILES: readonly [text: string, reason: (path: string) => string][] = [
  [
    "metrics:\n  sampling_rate: lots\n",
    (path) => `Cannot create metrics: metrics.sampling_rate in ${path} must be a number from 0 to 1, got "lots"`,
  ],
  [
    "metrics:\n  sampling_rat: 1\n",
    (path) => `Cannot create metrics: keys of metrics in ${path} must be among enabled, `,
  ],
  ["metrics:\n  port: 1: 2\n", (path) => `Cannot read ${path}: line 2, column 10: `],
  ["port: 1\n", (path) => `Cannot read ${path}: keys of the file must be among metrics, got "port"`],
];

for (const [text, reason] of BAD_FILES) {
  Deno.test(`hotpath serve refuses the file ${JSON.stringify(text)} in one line, with exit code 2`, async () => {
    await withConfig(text, async (path) => {
      const { code, lines, errors } = await serveWith(path);
      assertStringIncludes(errors, `hotpath: ${reason(path)}`);
      assertEquals(errors.trimEnd().split("\n").length, 1);
      assertNotMatch(errors, /\bat .*:\d+:\d+/);
      assertEquals([code, lines], [2, []]);
    });
  });
}

Deno.test("hotpath serve reports a missing file, with exit code 1", async () => {
  const { code, errors } = await serveWith("missing.yaml");
  assertEquals([code, errors], [1, "hotpath: Cannot read missing.yaml: there is no such file\n"]);
});

Deno.test("hotpath serve refuses a bad variable in one line, with exit code 2", async () => {
  await withConfig("metrics:\n  buffer_size: 64\n", async (path) => {
    const { code, errors } = await serveWith(path, { METRICS_BUFFER_SIZE: "lots" });
    assertStringIncludes(errors, "METRICS_BUFFER_SIZE in the environment must be a whole number from 64 to 16777216");
    assertEquals([code, errors.trimEnd().split("\n").length], [2, 1]);
  });
});

async function serves(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  look: (url: string) => Promise<void>,
): Promise<void> {
  await using program = new Program(MAIN, ["serve", "--no-demo", ...args], { permissions: PERMISSIONS, env });
  await look(await program.url());
  assertEquals(await program.stop("SIGINT").then(({ code, errors }) => [code, errors]), [0, ""]);
}

Deno.test("hotpath serve takes its host from flags, then the environment, then the file", async () => {
  await withConfig("metrics:\n  host: 127.0.0.3\n  port: 0\n", async (path) => {
    const env = { OTEL_EXPORTER_PROMETHEUS_HOST: "127.0.0.2" };
    const isAt = (host: string) => (url: string) => Promise.resolve(assertEquals(new URL(url).hostname, host));
    await serves(["--config", path], {}, isAt("127.0.0.3"));
    await serves(["--config", path], env, isAt("127.0.0.2"));
    await serves(["--config", path, "--host", "127.0.0.1"], env, isAt("127.0.0.1"));
  });
});

Deno.test("hotpath serve takes the other settings from the environment, then from the file", async () => {
  await withConfig("metrics:\n  port: 0\n  buffer_size: 64\n", async (path) => {
    const facts = async (url: string) => {
      const { ringCapacity } = await (await fetch(`${url}/diagnostics/performance`)).json();
      const internal = await fetch(`${url}/internal/metrics`);
      await internal.text();
      return [ringCapacity, internal.status];
    };
    await serves(["--config", path], {}, async (url) => assertEquals(await facts(url), [64, 404]));
    const env = { METRICS_BUFFER_SIZE: "128", METRICS_PROMETHEUS_ENABLED: "true" };
    await serves(["--config", path], env, async (url) => assertEquals(await facts(url), [128, 200]));
  });
});
