/**
 * `deno task docs`: lints the documentation of all entry points, then builds the API reference in `artifacts/docs/`.
 * A warning fails it like an error. Not published, because it is only used in this repository.
 *
 * @module
 */

import manifest from "../../deno.json" with { type: "json" };

const ARTIFACTS = "artifacts";

await Deno.mkdir(ARTIFACTS, { recursive: true });
const entryPoints = Object.values(manifest.exports);
// `src/decisions/no_npm_docs.md`. Quiet, because without packages each import of one is a warning.
await doc(["--lint", "--quiet", "--no-npm"]);
const said = await doc(["--html", `--name=${manifest.name}`, `--output=${ARTIFACTS}/docs`]);
if (/warning/i.test(said)) Deno.exit(1);

/** Runs `deno doc`, and returns its messages, which it also shows. */
async function doc(flags: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", ...flags, ...entryPoints],
  }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (said !== "") console.log(said.trimEnd());
  if (code !== 0) Deno.exit(code);
  return said;
}
