/**
 * What class of error a request ended with: by its status, or by what was thrown. The classes are bounded: of an
 * exception's type only the nearest one that is built in counts.
 *
 * @module
 */

import { isProxy } from "node:util/types";
import { BODY_GONE, type ErrorClass, runtimeErrors } from "../../platform/errors.ts";

/** The status of requests whose client has gone before there was a response, as nginx logs them. */
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

/** By prototype: the name of the class. A look at prototypes runs no code of the exception's. */
const NAMES: ReadonlyMap<object, string> = new Map(BUILT_IN.map((each) => [each.prototype, each.name]));

/** The class of a status; `undefined` for one that is no error. */
export function classOfStatus(status: number): string | undefined {
  if (!(status >= CLIENT_ERROR)) return undefined;
  if (status === REQUEST_TIMEOUT || status === GATEWAY_TIMEOUT) return "timeout";
  if (status === CLIENT_CLOSED_REQUEST) return "aborted";
  return status < SERVER_ERROR ? "client_error" : "server_error";
}

/** The class of what was thrown. */
export function classOfException(exception: unknown): string {
  // To look at a proxy runs code, which may throw.
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
 * Whether something was thrown because the client of a request has gone in the middle of its body. The request's signal
 * knows later, or, with `--unstable-no-legacy-abort`, never. What `node:http` throws is not told from that of a server that
 * was called by the handler, and is no sign.
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
