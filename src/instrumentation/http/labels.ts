/**
 * Label values of requests. Whoever sends requests chooses their methods and paths, so only what is known becomes a
 * value of its own; all else shares one.
 *
 * Source: OpenTelemetry, "Semantic conventions for HTTP metrics".
 *
 * @module
 */

/** The route of paths that no pattern matches. */
export const UNMATCHED = "unmatched";

/** What stands for methods that are not known, and for whatever comes past a bound. */
export const OTHER = "_OTHER";

const METHODS: ReadonlySet<string> = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "QUERY",
  "TRACE",
]);

const STATUS_MIN = 100;
const STATUS_MAX = 599;

/** The label of a method. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : OTHER;
}

/** The label of a status. */
export function statusLabel(status: number): string {
  return Number.isInteger(status) && status >= STATUS_MIN && status <= STATUS_MAX ? String(status) : OTHER;
}
