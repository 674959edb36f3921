/**
 * Other origins whose pages may read the answers.
 *
 * Source: Fetch Living Standard, "HTTP extensions": "CORS protocol".
 *
 * @module
 */

import type { Context, MiddlewareHandler } from "hono";
import { HttpProblem } from "../http/problem.ts";

/** Origins that may read answers; `"*"` means all. */
export type Origins = readonly string[];

const ANY = "*";
const METHODS = "GET, HEAD";
const REQUEST_HEADERS = "authorization, content-type, last-event-id";
/** Time for which a browser caches the answer to a preflight. */
const PREFLIGHT_SECONDS = "600";
const VARY_PREFLIGHT = "origin, access-control-request-method, access-control-request-headers";

/** Lets pages of the given origins read answers, and answers the preflights of their browsers. */
export function shareWith(origins: Origins): MiddlewareHandler {
  return async function shareWith(context, next) {
    const { req } = context;
    const allowed = allowedOrigin(req.header("origin"), origins);
    if (allowed !== undefined && isPreflight(context)) {
      const headers = {
        ...sharingHeaders(allowed),
        "access-control-allow-methods": METHODS,
        "access-control-allow-headers": REQUEST_HEADERS,
        "access-control-max-age": PREFLIGHT_SECONDS,
        "vary": VARY_PREFLIGHT,
      };
      return new Response(null, { status: 204, headers });
    }
    await next();
    const { res } = context;
    if (res.status === 101) return;
    if (allowed !== undefined) {
      for (const [name, value] of Object.entries(sharingHeaders(allowed))) res.headers.set(name, value);
    }
    if (!origins.includes(ANY)) res.headers.append("vary", "origin");
  };
}

/**
 * Refuses requests that browsers send for pages of other sites without a preflight, such as WebSockets.
 *
 * @throws {HttpProblem} If such a page sent the request
 */
export function refuseOtherSites({ headers, url }: Request, origins: Origins): void {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const isOwn = origin === null
    ? site === null || site === "same-origin" || site === "none"
    : isSameOrigin(origin, headers.get("host") ?? new URL(url).host);
  if (isOwn || allowedOrigin(origin ?? undefined, origins) !== undefined) return;
  throw new HttpProblem(403, "pages of other sites may not read the metrics");
}

/** Whether a page belongs to the requested host, on the default port of its scheme or another one. */
function isSameOrigin(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { protocol, host: ownHost } = new URL(origin);
  const asked = `${protocol}//${host}`;
  return ownHost !== "" && URL.canParse(asked) && new URL(asked).host === ownHost;
}

/** Returns the allowed origin to answer with; `undefined` if the origin may not read. */
function allowedOrigin(origin: string | undefined, origins: Origins): string | undefined {
  if (origin === undefined) return undefined;
  if (origins.includes(origin)) return origin;
  return origins.includes(ANY) ? ANY : undefined;
}

/** Headers for an allowed origin. Credentials stored by a browser are only allowed for named origins. */
function sharingHeaders(allowed: string): Record<string, string> {
  const headers = { "access-control-allow-origin": allowed };
  return allowed === ANY ? headers : { ...headers, "access-control-allow-credentials": "true" };
}

function isPreflight({ req }: Context): boolean {
  return req.method === "OPTIONS" && req.header("access-control-request-method") !== undefined;
}
