/**
 * Names that Prometheus must escape for rules and dashboards to match: Prometheus 2 always does, Prometheus 3 only if
 * configured to.
 *
 * @module
 */

import type { Definitions } from "../model/definitions.ts";
import { isLegacyLabelName, isLegacyMetricName } from "../model/names.ts";
import { printable } from "../encode/printable.ts";

/** Maximum number of names in the message; the others are counted. */
const NAMED_MAX = 5;

/** Prints the names that are written with underscores to stderr, if there are any. */
export function sayEscaped({ instruments }: Definitions): void {
  const names = [
    ...instruments.map(({ exposedName }) => exposedName).filter((name) => !isLegacyMetricName(name)),
    ...new Set(instruments.flatMap(({ labelNames }) => labelNames)).values().filter((name) => !isLegacyLabelName(name)),
  ];
  if (names.length === 0) return;
  const named = names.slice(0, NAMED_MAX).map((name) => printable(JSON.stringify(name))).join(", ");
  const others = names.length > NAMED_MAX ? ` and ${names.length - NAMED_MAX} more` : "";
  console.error(
    `hotpath: written with underscores: ${named}${others}; Prometheus 3 needs metric_name_escaping_scheme: underscores`,
  );
}
