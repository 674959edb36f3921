/**
 * Routes that Hono has found for a request, one by one. `matchedRoutes` tells the same, but makes a list of them at each
 * call, which takes a quarter of what it takes to measure a request.
 *
 * @module
 */

import type { Context } from "hono";
import { HonoRequest } from "hono/request";
import { matchedRoutes } from "hono/route";

/** A route, as it was registered. */
export type Route = ReturnType<typeof matchedRoutes>[number];

/** By request: what was found, in order, each a function with its route, and parameters. */
type Matches =
  readonly (readonly (readonly [found: readonly [handler: unknown, route: Route], ...parameters: unknown[]])[])[];

/** A request, by the symbol that Hono keeps matches under. */
type Keeper = Readonly<Record<symbol, Matches>>;

const MATCHES = findSymbol();

/** The route at a place among those that were found for a request; `undefined` after the last one. */
export const routeAt: (context: Context, index: number) => Route | undefined = MATCHES === undefined
  ? (context, index) => matchedRoutes(context)[index]
  : ({ req }, index) => (req as unknown as Keeper)[MATCHES][0][index]?.[0][1];

/** Asks a request for what it was given; `undefined` if a version of Hono does not tell. */
function findSymbol(): symbol | undefined {
  const given: ConstructorParameters<typeof HonoRequest>[2] = [[]];
  const request = new HonoRequest(new Request("http://localhost/"), "/", given) as unknown as Keeper;
  return Object.getOwnPropertySymbols(HonoRequest.prototype).find((symbol) => request[symbol] === given as unknown);
}
