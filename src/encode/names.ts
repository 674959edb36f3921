/**
 * Names, labels and values as the text formats write them. A name that is not legacy is quoted, and that of a metric
 * then moves inside the braces: `{"http.requests","service.name"="shop"}`.
 *
 * Source: Prometheus, "Exposition formats", text-based format; "UTF-8 support for metric and label names".
 *
 * @module
 */

import { isLegacyLabelName, isLegacyMetricName } from "../model/names.ts";

/** Returns a metric's name as it is written in the lines of help, type and unit. */
export function writeMetricName(name: string): string {
  return isLegacyMetricName(name) ? name : quote(name);
}

/** Returns a label's name as it is written. */
export function writeLabelName(name: string): string {
  return isLegacyLabelName(name) ? name : quote(name);
}

/** Returns a quoted text: names, and the values of labels. */
export function quote(text: string): string {
  return `"${escapeQuoted(text)}"`;
}

/** Escapes text for use within quotes. */
export function escapeQuoted(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

/** Escapes text for use behind `# HELP` in the Prometheus format; OpenMetrics escapes quotes too. */
export function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
