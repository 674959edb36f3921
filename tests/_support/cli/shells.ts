/**
 * Shells that check and run the completions.
 *
 * @module
 */

const FUNCTION_CALL = `
COMP_WORDS=("$@")
COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
$(complete -p hotpath | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "\${COMPREPLY[@]}"`;

/** Whether a shell is installed. */
export function isInstalled(shell: string): boolean {
  try {
    return new Deno.Command(shell, { args: ["-c", "exit"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

/** What bash proposes for the last word of a line, once it has sourced a script. */
export async function bashCompletions(script: string, ...words: string[]): Promise<string[]> {
  const args = ["--norc", "--noprofile", "-c", script + FUNCTION_CALL, "bash", ...words];
  const { stdout, stderr, code } = await new Deno.Command("bash", { args }).output();
  const errors = new TextDecoder().decode(stderr);
  if (code !== 0 || errors !== "") throw new Error(`Cannot complete ${words.join(" ")}: bash says ${errors}`);
  return new TextDecoder().decode(stdout).trim().split("\n").filter((word) => word !== "");
}

/** What a shell says about the syntax of a script; empty if it is right. */
export async function syntaxErrors(shell: string, script: string): Promise<string> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, script);
    const { code, stderr } = await new Deno.Command(shell, { args: ["-n", path] }).output();
    return code === 0 ? "" : new TextDecoder().decode(stderr) || `exit code ${code}`;
  } finally {
    await Deno.remove(path);
  }
}
