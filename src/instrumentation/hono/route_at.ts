/**
 * Access to the routes that Hono has matched for a request, one by one. `matchedRoutes` returns the same, but allocates
 * a list on each call, which is a quarter of the cost of measuring a request.
 *
 * @module
 */

import type { Context } from "hono";
import { HonoRequest } from "hono/request";
import { matchedRoutes } from "hono/route";

/** A registered route. */
export type Route = ReturnType<typeof matchedRoutes>[number];

/** Matches of a request in order, each of which is a handler with its route, and parameters. */
type Matches =
  readonly (readonly (readonly [found: readonly [handler: unknown, route: Route], ...parameters: unknown[]])[])[];

/** A request, indexed by the symbol under which Hono keeps its matches. */
type MatchedRequest = Readonly<Record<symbol, Matches>>;

const MATCHES = findSymbol();

/** Returns the matched route at an index; `undefined` after the last one. */
export const routeAt: (context: Context, index: number) => Route | undefined = MATCHES === undefined
  ? (context, index) => matchedRoutes(context)[index]
  : ({ req }, index) => (req as unknown as MatchedRequest)[MATCHES][0][index]?.[0][1];

/** Returns the symbol of the matches; `undefined` if this version of Hono does not use one. */
function findSymbol(): symbol | undefined {
  const given: ConstructorParameters<typeof HonoRequest>[2] = [[]];
  const request = new HonoRequest(new Request("http://localhost/"), "/", given) as unknown as MatchedRequest;
  return Object.getOwnPropertySymbols(HonoRequest.prototype).find((symbol) => request[symbol] === given as unknown);
}
