/**
 * Why a file cannot be read, in words.
 *
 * @module
 */

/** The reason of an error that reading a file threw. */
export function fileProblem(error: unknown, path: string | URL): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  if (error instanceof Deno.errors.PermissionDenied) return "the system does not permit it";
  if (error instanceof Deno.errors.NotCapable) return `permission is missing, run with --allow-read=${path}`;
  return error instanceof Error ? error.message : String(error);
}
