/**
 * Errors of the runtime: their classes, and the reasons of those that files and addresses cause, in words.
 *
 * @module
 */

import { isDeno } from "./runtime.ts";

/** An error class. */
export interface ErrorClass {
  /** Its name. */
  readonly name: string;
  /** Its prototype. */
  readonly prototype: object;
}

/** Error classes of the runtime beyond those of the language. */
export function runtimeErrors(): readonly ErrorClass[] {
  return isDeno() ? Object.values(Deno.errors) : [];
}

/** Message of the error, of various classes, when the body of a request can no longer be read. */
export const BODY_GONE: RegExp = /^Cannot read (request )?body as underlying resource unavailable$/;

const FILE_PROBLEMS: Readonly<Record<string, string>> = {
  NotFound: "there is no such file",
  IsADirectory: "it is a directory",
  PermissionDenied: "the system does not permit it",
};

const LISTEN_PROBLEMS: Readonly<Record<string, string>> = {
  AddrInUse: "the port is in use",
  AddrNotAvailable: "the address is not one of this machine's",
  PermissionDenied: "the system does not permit it",
};

/** Reason why a file cannot be read. */
export function fileProblem(error: unknown, path: string | URL): string {
  return reasonOf(error, FILE_PROBLEMS, () => `--allow-read=${path}`);
}

/** Reason why an address cannot be listened on. */
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
