/**
 * Error class of a request, by its status or by the exception. The number of classes is bounded: an exception counts as
 * its nearest built-in type.
 *
 * @module
 */

import { isProxy } from "node:util/types";
import { BODY_GONE, type ErrorClass, runtimeErrors } from "../../platform/errors.ts";

/** Status of requests whose client disconnected before the response, as nginx logs them. */
export const CLIENT_CLOSED_REQUEST = 499;

const REQUEST_TIMEOUT = 408;
const GATEWAY_TIMEOUT = 504;
const CLIENT_ERROR = 400;
const SERVER_ERROR = 500;

const BUILT_IN: readonly ErrorClass[] = [
  AggregateError,
  DOMException,
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  ...runtimeErrors(),
];

const CAUSES_MAX = 8;

/** Names of the classes by prototype. Looking up prototypes runs no code of the exception. */
const NAMES: ReadonlyMap<object, string> = new Map(BUILT_IN.map((each) => [each.prototype, each.name]));

/** Returns the class of a status; `undefined` if it is not an error. */
export function classOfStatus(status: number): string | undefined {
  if (!(status >= CLIENT_ERROR)) return undefined;
  if (status === REQUEST_TIMEOUT || status === GATEWAY_TIMEOUT) return "timeout";
  if (status === CLIENT_CLOSED_REQUEST) return "aborted";
  return status < SERVER_ERROR ? "client_error" : "server_error";
}

/** Returns the class of an exception. */
export function classOfException(exception: unknown): string {
  // Inspecting a proxy runs code that may throw.
  if (typeof exception !== "object" || exception === null || isProxy(exception)) return "other";
  if (exception instanceof DOMException && exception.name === "TimeoutError") return "timeout";
  if (isClientGone(exception)) return "aborted";
  for (let type = Object.getPrototypeOf(exception); type !== null; type = Object.getPrototypeOf(type)) {
    const name = NAMES.get(type);
    if (name !== undefined) return name === "TimedOut" ? "timeout" : name;
  }
  return "other";
}

/**
 * Whether an exception was thrown because the client of a request disconnected while sending its body. The request's
 * signal is aborted later, or never with `--unstable-no-legacy-abort`. Errors of `node:http` do not count, because a
 * server that the handler called may cause the same ones.
 */
function isClientGone(exception: object): boolean {
  let error: unknown = exception;
  for (let depth = 0; depth < CAUSES_MAX && !isProxy(error) && error instanceof Error; depth++) {
    const message = ownValue(error, "message");
    if (typeof message === "string" && BODY_GONE.test(message)) return true;
    error = ownValue(error, "cause");
  }
  return false;
}

function ownValue(error: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(error, key)?.value;
}
