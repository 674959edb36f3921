/**
 * Permissions, queried without a prompt: a missing one causes an error.
 *
 * @module
 */

import { isDeno } from "./runtime.ts";

/** Permission of a program. */
export type Permission =
  | { readonly name: "read" | "write"; readonly path: string }
  | { readonly name: "env"; readonly variable: string }
  | { readonly name: "net"; readonly host: string }
  | { readonly name: "ffi"; readonly path?: string | undefined };

/** Whether a permission is already granted. A runtime without permissions grants everything. */
export function isGranted(permission: Permission): boolean {
  return !isDeno() || Deno.permissions.querySync(permission).state === "granted";
}

/**
 * Checks that a permission is already granted.
 *
 * @param message Message of the error
 * @throws {Deno.errors.NotCapable} If it is not granted
 */
export function requirePermission(permission: Permission, message?: string): void {
  if (!isGranted(permission)) throw new Deno.errors.NotCapable(message);
}

/** Whether an error was thrown because a permission is missing. */
export function isMissingPermission(error: unknown): boolean {
  return error instanceof Error && error.name === "NotCapable";
}
