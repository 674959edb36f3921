/**
 * Names, labels and values as the text formats write them. A name that is not legacy stands in quotes, and that of a
 * metric then inside of the braces: `{"http.requests","service.name"="shop"}`.
 *
 * Source: Prometheus, "Exposition formats", text-based format; "UTF-8 support for metric and label names".
 *
 * @module
 */

import type { Labels } from "../model.ts";
import { isLegacyLabelName, isLegacyMetricName } from "../names.ts";

/** A metric's name where it stands alone: in the lines of help, type and unit. */
export function writeMetricName(name: string): string {
  return isLegacyMetricName(name) ? name : quote(name);
}

/** A label and its value. */
export function writeLabel(name: string, value: string): string {
  return `${isLegacyLabelName(name) ? name : quote(name)}=${quote(value)}`;
}

/** The labels of a series, without braces. */
export function writeLabels(labels: Labels, separator: string = ","): string {
  return Object.entries(labels).map(([name, value]) => writeLabel(name, value)).join(separator);
}

/**
 * A metric's name and its labels: what a sample begins with.
 *
 * @param name The name; `undefined` for labels alone
 * @param labels What {@linkcode writeLabels} gave
 */
export function writeSeries(name: string | undefined, labels: string, separator: string = ","): string {
  if (name === undefined) return `{${labels}}`;
  if (isLegacyMetricName(name)) return labels === "" ? name : `${name}{${labels}}`;
  return labels === "" ? `{${quote(name)}}` : `{${quote(name)}${separator}${labels}}`;
}

function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"`;
}
