/**
 * Which metrics a scrape asks for: `?name[]=orders_total&name[]=queue_depth`.
 *
 * @module
 */

/** The names that are asked for; `undefined` for all. It can be sent to another thread. */
export type NameFilter = ReadonlySet<string> | undefined;

/** Reads the filter of a query; repeated names count once, and an empty one names no metric. */
export function parseNameFilter(query: URLSearchParams): NameFilter {
  const names = query.getAll("name[]");
  return names.length === 0 ? undefined : new Set(names);
}

/**
 * Whether a metric is asked for.
 *
 * @param filter What {@linkcode parseNameFilter} gave
 * @param name The exposed name of a family, not escaped
 */
export function matchesName(filter: NameFilter, name: string): boolean {
  return filter === undefined || filter.has(name);
}
