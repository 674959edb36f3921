/**
 * Names under which an instrument writes samples, so that no two instruments write the same ones.
 *
 * Source: OpenMetrics 1.0, "Metric types", for the suffixes that a family's type reserves.
 *
 * @module
 */

import { typeError } from "../check/errors.ts";
import type { Definition } from "./model.ts";
import { escapeMetricName, ESCAPES, type EscapingScheme, isLegacyMetricName } from "./names.ts";

type FamilyType = "counter" | "gauge" | "histogram" | "summary";

const TOTAL = "_total";

/** Suffixes behind the name of a family; that of a counter is without `_total` in OpenMetrics. */
const SUFFIXES: Readonly<Record<FamilyType, readonly string[]>> = {
  counter: ["", TOTAL, "_created"],
  gauge: [""],
  histogram: ["", "_bucket", "_sum", "_count", "_created"],
  summary: ["", "_sum", "_count", "_created"],
};

/**
 * Returns all names under which an instrument writes samples; none may belong to another instrument. They are escaped
 * by each scheme, because names that are equal then would be one family twice to a scraper that asks for that scheme.
 */
export function sampleNames(definition: Definition): string[] {
  // Names that are legacy, as nearly all are, are the same under each scheme.
  const schemes = isLegacyMetricName(definition.name) ? ESCAPES.slice(0, 1) : ESCAPES;
  return [...new Set(schemes.flatMap((scheme) => escapedSampleNames(definition, scheme)))];
}

/** Encoders escape the name of a family and append the suffixes of its samples. */
function escapedSampleNames(definition: Definition, scheme: EscapingScheme): string[] {
  return familiesOf(definition).flatMap(([type, name]) => {
    const escaped = escapeMetricName(name, scheme);
    const stem = type === "counter" ? escaped.slice(0, -TOTAL.length) : escaped;
    return SUFFIXES[type].map((suffix) => stem + suffix);
  });
}

/**
 * Returns the error for a definition that would write samples under another instrument's name.
 *
 * @param owner The instrument that has the name
 * @param taken The name, as {@linkcode sampleNames} returned it
 * @param where Location of that instrument, for the error
 */
export function sampleNameError(
  definition: Definition,
  owner: Definition,
  taken: string,
  where: string = "",
): TypeError {
  const { type, name } = definition;
  const both = [definition, owner];
  const scheme = ESCAPES.find((each) => both.every((one) => escapedSampleNames(one, each).includes(taken))) ??
    ESCAPES[0];
  const field = `its exposed names${both.every((one) => isLegacyMetricName(one.name)) ? "" : ` in ${scheme}`}`;
  return typeError(`create ${type} ${name}`, field, `differ from those of ${owner.name}${where}`, taken);
}

/** Returns the exposed names of an objective; each starts with the `sloName` of its definition. */
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
