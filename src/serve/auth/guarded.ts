/**
 * Middleware for routes that require credentials.
 *
 * @module
 */

import type { MiddlewareHandler } from "hono";
import type { Guard } from "./auth.ts";
import { addressOf, admitClient } from "../http/client.ts";
import { problem } from "../http/problem.ts";
import type { WrongGuesses } from "./wrong_guesses.ts";

/**
 * Refuses requests without credentials at any path, so that refusals do not reveal which routes exist.
 *
 * Credentials are compared before the limit on wrong guesses is checked, so right ones always pass: other clients at
 * the same address cannot use up the limit.
 *
 * @param wrongGuesses Limit on wrong credentials, shared by all guards of a server
 */
export function guarded(guard: Guard, wrongGuesses: WrongGuesses): MiddlewareHandler {
  return async function guarded(context, next) {
    const authorization = context.req.header("authorization");
    if (guard.admits(authorization)) {
      admitClient(context.req.raw);
      return await next();
    }
    const waitMs = authorization === undefined ? 0 : wrongGuesses.count(addressOf(context));
    if (waitMs === 0) {
      return problem(401, "credentials are missing or wrong", { "www-authenticate": guard.challenge });
    }
    const seconds = Math.ceil(waitMs / 1_000);
    return problem(429, "too many wrong credentials", { "retry-after": `${seconds}` });
  };
}
