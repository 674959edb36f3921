/**
 * Permissions, looked at without a prompt: one that is missing is an error, never a question.
 *
 * @module
 */

import { isDeno } from "./runtime.ts";

/** Something that a program may be permitted to do. */
export type Permission =
  | { readonly name: "read" | "write"; readonly path: string }
  | { readonly name: "env"; readonly variable: string }
  | { readonly name: "net"; readonly host: string }
  | { readonly name: "ffi"; readonly path?: string | undefined };

/** Whether something is permitted already. A runtime without permissions permits everything. */
export function isGranted(permission: Permission): boolean {
  return !isDeno() || Deno.permissions.querySync(permission).state === "granted";
}

/**
 * Checks that something is permitted already.
 *
 * @param message Message of the error
 * @throws {Deno.errors.NotCapable} If it is not
 */
export function requirePermission(permission: Permission, message?: string): void {
  if (!isGranted(permission)) throw new Deno.errors.NotCapable(message);
}

/** Whether an error was thrown because a permission is missing. */
export function isMissingPermission(error: unknown): boolean {
  return error instanceof Error && error.name === "NotCapable";
}
