/**
 * The names that an instrument writes samples under, so that no two instruments write the same ones.
 *
 * Source: OpenMetrics 1.0, "Metric types", for the suffixes that a family's type reserves.
 *
 * @module
 */

import { typeError } from "./errors.ts";
import type { Definition } from "./model.ts";
import { escapeMetricName, isLegacyMetricName } from "./names.ts";

type FamilyType = "counter" | "gauge" | "histogram" | "summary";

const TOTAL = "_total";

/** What is written behind the name of a family; that of a counter is without `_total` in OpenMetrics. */
const SUFFIXES: Readonly<Record<FamilyType, readonly string[]>> = {
  counter: ["", TOTAL, "_created"],
  gauge: [""],
  histogram: ["", "_bucket", "_sum", "_count", "_created"],
  summary: ["", "_sum", "_count", "_created"],
};

/**
 * All names that an instrument writes samples under; none may belong to another. They are escaped with underscores,
 * because names that are equal then would be one family twice to an old scraper.
 */
export function sampleNames(definition: Definition): string[] {
  return familiesOf(definition).flatMap(([type, name]) => {
    const stem = type === "counter" ? name.slice(0, -TOTAL.length) : name;
    return SUFFIXES[type].map((suffix) => escapeMetricName(stem + suffix, "underscores"));
  });
}

/**
 * What is wrong with a definition that would write samples under the name of another.
 *
 * @param owner The name of the instrument that has the name
 * @param taken The name, as {@linkcode sampleNames} gave it
 * @param where Where that instrument is, for the error
 */
export function sampleNameError(
  { type, name }: Definition,
  owner: string,
  taken: string,
  where: string = "",
): TypeError {
  const field = [name, owner].every(isLegacyMetricName) ? "its exposed names" : "its exposed names in underscores";
  return typeError(`create ${type} ${name}`, field, `differ from those of ${owner}${where}`, taken);
}

/** The names that an objective is exposed under; each starts with `sloName` of its definition. */
export function sloNames(sloName: string): Readonly<Record<"violations" | "compliance" | "burnRate", string>> {
  return {
    violations: `${sloName}_violations${TOTAL}`,
    compliance: `${sloName}_compliance_ratio`,
    burnRate: `${sloName}_burn_rate`,
  };
}

function familiesOf({ type, exposedName, windowName, sloName }: Definition): [type: FamilyType, name: string][] {
  const families: [FamilyType, string][] = [[type === "timer" ? "histogram" : type, exposedName]];
  if (windowName !== "") families.push(["summary", windowName]);
  if (sloName !== undefined) {
    const { violations, compliance, burnRate } = sloNames(sloName);
    families.push(["counter", violations], ["gauge", compliance], ["gauge", burnRate]);
  }
  return families;
}
