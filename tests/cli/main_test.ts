import { assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { commandHelp } from "../../src/cli/help.ts";
import { SERVE } from "../../src/cli/serve.ts";
import { type Ending, Program, type ProgramOptions } from "../_support/cli/program.ts";

async function hotpath(args: readonly string[], options?: ProgramOptions): Promise<Ending> {
  await using program = new Program("src/cli/main.ts", args, options);
  return await program.end();
}

/** Expects one line that says why, and no stack trace. */
function assertRefused({ code, lines, errors }: Ending, expectedCode: number, reason: string): void {
  assertStringIncludes(errors, reason);
  assertEquals(errors.trimEnd().split("\n").length, 1);
  assertEquals(errors.startsWith("hotpath: "), true);
  assertNotMatch(errors, /\bat .*:\d+:\d+/);
  assertEquals(lines, []);
  assertEquals(code, expectedCode);
}

for (const args of [[], ["--help"], ["-h"], ["help"]]) {
  Deno.test(`hotpath ${args.join(" ") || "alone"} prints its commands`, async () => {
    const { code, lines, errors } = await hotpath(args);
    assertStringIncludes(lines.join("\n"), "Usage: hotpath <command>");
    assertStringIncludes(lines.join("\n"), "serve");
    assertEquals([code, errors], [0, ""]);
  });
}

for (const args of [["--version"], ["-v"], ["version"]]) {
  Deno.test(`hotpath ${args.join(" ")} prints the version of deno.json`, async () => {
    assertEquals(await hotpath(args), { code: 0, lines: [manifest.version], errors: "" });
  });
}

for (const args of [["serve", "--help"], ["serve", "-h"], ["help", "serve"]]) {
  Deno.test(`hotpath ${args.join(" ")} prints every flag of the command`, async () => {
    const { code, lines, errors } = await hotpath(args);
    assertEquals(lines.join("\n"), commandHelp(SERVE));
    for (const flag of ["--config FILE", "--port N", "--no-demo", "--quiet", "-h, --help"]) {
      assertStringIncludes(lines.join("\n"), `\n  ${flag} `);
    }
    assertEquals([code, errors], [0, ""]);
  });
}

const MISUSES: readonly [args: string[], reason: string][] = [
  [["sevre"], 'unknown command "sevre"; did you mean "serve"?'],
  [["sreve"], 'unknown command "sreve"; did you mean "serve"?'],
  [["toString"], 'unknown command "toString"'],
  [["--nope"], 'unknown flag "--nope" (see hotpath --help)'],
  [["--serve"], 'unknown flag "--serve"; did you mean "hotpath serve"? (see hotpath --help)'],
  [["--port", "1"], 'unknown flag "--port"; did you mean "hotpath serve --port"? (see hotpath --help)'],
  [["help", "sevre"], 'unknown command "sevre"; did you mean "serve"? (see hotpath --help)'],
  [["help", "serve", "surplus"], 'unexpected argument "surplus" (see hotpath --help)'],
  [["version", "surplus"], 'unexpected argument "surplus" (see hotpath version --help)'],
  [["--version", "surplus"], 'unexpected argument "surplus"'],
  [["serve", "--prot", "9464"], 'unknown flag "--prot"; did you mean "--port"?'],
  [["serve", "--nope"], 'unknown flag "--nope"'],
  [["serve", "surplus"], 'unexpected argument "surplus"'],
  [["serve", "--port"], "--port needs a value"],
  [["serve", "--port", "1", "--port", "2"], "--port was given 2 times"],
  [["serve", "--port=-1"], '--port must be a whole number from 0 to 65535, got "-1"'],
  [["serve", "--port", "65536"], '--port must be a whole number from 0 to 65535, got "65536"'],
  [["serve", "--port", "1.5"], '--port must be a whole number from 0 to 65535, got "1.5"'],
  [["serve", "--candles-per-second", "0"], "--candles-per-second must be a number above 0, at most 1000000"],
  [["serve", "--export-interval-s", "5"], "--export-interval-s needs --export-dir"],
  [["serve", "--export-dir", "a", "--export-interval-s", "0"], "--export-interval-s must be a whole number from 1 to"],
  [["report", "--nope"], 'unknown flag "--nope" (see hotpath report --help)'],
  [["report", "surplus"], 'unexpected argument "surplus"'],
  [["report", "--url", "127.0.0.1:9464"], "--url must be a URL such as http://127.0.0.1:9464"],
  [["report", "--url", "ftp://127.0.0.1"], "--url must be a URL such as http://127.0.0.1:9464"],
  [["serve", "--candles-per-second", "1000001"], "--candles-per-second must be a number above 0, at most 1000000"],
];

for (const [args, reason] of MISUSES) {
  Deno.test(`hotpath ${args.join(" ")} is refused with exit code 2`, async () => {
    assertRefused(await hotpath(args), 2, reason);
  });
}

Deno.test("hotpath serve refuses an invalid port in the environment", async () => {
  const env = { OTEL_EXPORTER_PROMETHEUS_PORT: "http" };
  const ending = await hotpath(["serve"], { env });
  assertRefused(ending, 2, "OTEL_EXPORTER_PROMETHEUS_PORT in the environment must");
  assertNotMatch(ending.errors, /--help/);
});

Deno.test("hotpath serve reports that the port is in use", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const ending = await hotpath(["serve", "--port", `${port}`]);
  assertRefused(ending, 1, `Cannot serve metrics on 127.0.0.1:${port}: the port is in use`);
});

Deno.test("hotpath serve reports that it may not listen", async () => {
  const ending = await hotpath(["serve", "--port", "0"], { permissions: ["--allow-read=."] });
  assertRefused(ending, 1, "permission is missing, run with --allow-net=127.0.0.1:0");
});

Deno.test("hotpath serve reports that it may not read its own worker", async () => {
  const ending = await hotpath(["serve", "--port", "0"], { permissions: ["--allow-net=127.0.0.1"] });
  assertRefused(ending, 1, "its worker could not start: Requires read access");
});
