/**
 * Requests of a shop, which both programs record.
 *
 * @module
 */

/** An answered request. */
export interface ShopRequest {
  /** Pattern of its path. */
  readonly route: string;
  /** Status of the response. */
  readonly status: number;
  /** Time from the request to the response. */
  readonly seconds: number;
  /** Size of the response. */
  readonly bytes: number;
}

const ROUTES = ["/orders", "/orders/:id", "/stock"];

/** The requests. */
export const REQUESTS: readonly ShopRequest[] = Array.from({ length: 100 }, (_, i) => ({
  route: ROUTES[i % ROUTES.length],
  status: i % 10 === 0 ? 503 : 200,
  seconds: 0.002 * (1 + i % 25),
  bytes: 100 * (1 + i),
}));
