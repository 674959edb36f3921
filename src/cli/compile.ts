/**
 * `deno task compile`: builds one binary from the program, its worker and the demo's data. Not published, because it is
 * only used in this repository.
 *
 * Deno appends the program to its run-time part `denort`, which it downloads from a host that may be unreachable. The
 * error then explains the alternative.
 *
 * @module
 */

import manifest from "../../deno.json" with { type: "json" };
import { parseFlags } from "./flags.ts";

/** Permissions of the binary: listen and fetch anywhere, read and write the files of its flags, use the `ffi` clock. */
const PERMISSIONS = [
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env=METRICS_*,OTEL_EXPORTER_PROMETHEUS_HOST,OTEL_EXPORTER_PROMETHEUS_PORT",
  "--allow-ffi",
  // A missing permission is an error, not a prompt.
  "--no-prompt",
];

const MAIN = `${import.meta.dirname}/main.ts`;

const { valueOf } = parseFlags(Deno.args, [{ name: "output", value: "FILE", help: "path of the binary" }]);
Deno.exit(await compile(valueOf("output") ?? "hotpath"));

async function compile(output: string): Promise<number> {
  // Without the second flag, packages used only by tests and benches would be embedded too.
  const options = ["--no-check", "--exclude-unused-npm", ...PERMISSIONS, "--output", output];
  const { code, errors } = await run(["compile", ...options, MAIN]);
  if (code === 0) {
    console.log(await describe(output));
    return 0;
  }
  const url = /Download (https:\S+\/denort-\S+\.zip)/.exec(errors)?.[1];
  if (url !== undefined) console.error(explain(url));
  return code;
}

/** Runs Deno, and passes its errors on to stderr. */
async function run(args: readonly string[]): Promise<{ code: number; errors: string }> {
  const child = new Deno.Command(Deno.execPath(), { args: [...args], stderr: "piped" }).spawn();
  const [shown, kept] = child.stderr.tee();
  const [errors] = await Promise.all([
    new Response(kept).text(),
    shown.pipeTo(Deno.stderr.writable, { preventClose: true }),
  ]);
  const { code } = await child.status;
  // deno-lint-ignore no-control-regex
  return { code, errors: errors.replaceAll(/\x1b\[[\d;]*m/g, "") };
}

function explain(url: string): string {
  return `
The binary was not built: Deno appends the program to its run-time part, denort, and could not fetch that from
  ${url}
Download and unpack it where that address can be reached, then set its path:
  DENORT_BIN=/path/to/denort deno task compile
To see only what would be embedded, set DENORT_BIN to deno itself. The binary is then built, but runs as deno:
  DENORT_BIN="${Deno.execPath()}" deno task compile`;
}

/** Describes the binary. If it was built with something other than denort, it does not run as hotpath. */
async function describe(output: string): Promise<string> {
  const isNamedExe = Deno.build.os !== "windows" || output.endsWith(".exe");
  const path = await Deno.realPath(isNamedExe ? output : `${output}.exe`);
  const { stdout } = await new Deno.Command(path, { args: ["--version"], stderr: "null" }).output();
  const version = new TextDecoder().decode(stdout).trim();
  if (version === manifest.version) return `Built ${output}, version ${version}`;
  const [got = ""] = version.split("\n");
  return `Built ${output}, which does not run as hotpath: its version is "${got}".\n` +
    "DENORT_BIN must be denort for that.";
}
