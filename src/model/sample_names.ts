/**
 * Names of an instrument's samples, which must differ from those of all other instruments.
 *
 * Source: OpenMetrics 1.0, "Metric types", for the suffixes reserved by a family's type.
 *
 * @module
 */

import { typeError } from "../check/errors.ts";
import type { Definition } from "./model.ts";
import { escapeMetricName, ESCAPES, type EscapingScheme, isLegacyMetricName } from "./names.ts";

type FamilyType = "counter" | "gauge" | "histogram" | "summary";

const TOTAL = "_total";

/** Suffixes of a family's samples; in OpenMetrics a counter's family name has no `_total`. */
const SUFFIXES: Readonly<Record<FamilyType, readonly string[]>> = {
  counter: ["", TOTAL, "_created"],
  gauge: [""],
  histogram: ["", "_bucket", "_sum", "_count", "_created"],
  summary: ["", "_sum", "_count", "_created"],
};

/**
 * Returns the names of an instrument's samples, none of which may belong to another instrument. They are escaped by
 * each scheme: names that are equal under one would appear twice to a scraper that asks for it.
 */
export function sampleNames(definition: Definition): string[] {
  // Legacy names, which nearly all are, are the same under each scheme.
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
 * Returns the error for a definition whose samples would have another instrument's names.
 *
 * @param owner Instrument that has the name
 * @param taken Name, as returned by {@linkcode sampleNames}
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
