/**
 * Runs programs that use Hotpath in a separate Deno process.
 *
 * @module
 */

/** Outcome of a program. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The URL of `mod.ts`, for programs that import it. */
export const MOD: string = import.meta.resolve("../../mod.ts");

const CONFIG = new URL("../../deno.json", import.meta.url);

/**
 * Runs a program that is given as text; it never prompts.
 *
 * @param source The program
 * @param permissions Its permissions, such as `"--allow-read"`
 * @param env Variables to set
 */
export function runScript(
  source: string,
  permissions: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return runDeno(["--config", decodeURIComponent(CONFIG.pathname), ...permissions, "-"], source, env);
}

/** Runs `deno run --no-prompt` with arguments, and text as its input. */
export async function runDeno(
  args: readonly string[],
  stdin: string = "",
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", ...args],
    env: { ...env, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
