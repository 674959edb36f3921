/**
 * Label values of requests. Clients choose methods and paths, so only known values become label values; all others
 * share one.
 *
 * Source: OpenTelemetry, "Semantic conventions for HTTP metrics".
 *
 * @module
 */

/** Route of paths that no pattern matches. */
export const UNMATCHED = "unmatched";

/** Label value of unknown methods, and of values beyond a limit. */
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

/** Returns the label of a method. */
export function methodLabel(method: string): string {
  return METHODS.has(method) ? method : OTHER;
}

/** Returns the label of a status. */
export function statusLabel(status: number): string {
  return Number.isInteger(status) && status >= STATUS_MIN && status <= STATUS_MAX ? String(status) : OTHER;
}
