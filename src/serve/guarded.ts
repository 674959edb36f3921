/**
 * Routes that answer only those who have the credentials.
 *
 * @module
 */

import type { MiddlewareHandler } from "hono";
import type { Guard } from "./auth.ts";
import { problem } from "./problem.ts";

/** Refuses requests without credentials, whatever they ask for: what there is, is nobody's business either. */
export function guarded(guard: Guard): MiddlewareHandler {
  return async function guarded({ req }, next) {
    if (guard.admits(req.header("authorization"))) return await next();
    return problem(401, "credentials are missing or wrong", { "www-authenticate": guard.challenge });
  };
}
