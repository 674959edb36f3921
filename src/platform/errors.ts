/**
 * Errors of the runtime: their classes, and readable reasons for errors of files and addresses.
 *
 * @module
 */

import { isDeno } from "./runtime.ts";

export interface ErrorClass {
  /** Name of the class. */
  readonly name: string;
  /** Prototype of the class. */
  readonly prototype: object;
}

/** Returns the error classes of the runtime beyond those of the language. */
export function runtimeErrors(): readonly ErrorClass[] {
  return isDeno() ? Object.values(Deno.errors) : [];
}

/** Message of the errors, of various classes, that are thrown when the body of a request can no longer be read. */
export const BODY_GONE: RegExp = /^Cannot read (request )?body as underlying resource unavailable$/;

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  NotFound: "there is no such file",
  IsADirectory: "it is a directory",
  PermissionDenied: "the system does not permit it",
};

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  AddrInUse: "the port is in use",
  AddrNotAvailable: "this machine has no such address",
  PermissionDenied: "the system does not permit it",
};

/** Returns the reason why a file cannot be read. */
export function fileProblem(error: unknown, path: string | URL): string {
  return reasonOf(error, FILE_PROBLEMS, () => `--allow-read=${path}`);
}

/** Returns the reason why an address cannot be listened on. */
export function listenProblem(error: unknown, where: string): string {
  return reasonOf(error, LISTEN_PROBLEMS, (message) => `--allow-net=${message || where}`);
}

function reasonOf(
  error: unknown,
  problems: Readonly<Record<string, string>>,
  flagOf: (message: string) => string,
): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "NotCapable") return `permission is missing, run with ${flagOf(error.message)}`;
  return problems[error.name] ?? error.message;
}
