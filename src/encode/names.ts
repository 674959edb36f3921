/**
 * Names, labels and values as the text formats write them. A name that is not legacy stands in quotes, and that of a
 * metric then inside of the braces: `{"http.requests","service.name"="shop"}`.
 *
 * Source: Prometheus, "Exposition formats", text-based format; "UTF-8 support for metric and label names".
 *
 * @module
 */

import { isLegacyLabelName, isLegacyMetricName } from "../model/names.ts";

/** A metric's name where it stands alone: in the lines of help, type and unit. */
export function writeMetricName(name: string): string {
  return isLegacyMetricName(name) ? name : quote(name);
}

/** A label's name. */
export function writeLabelName(name: string): string {
  return isLegacyLabelName(name) ? name : quote(name);
}

/** Text in quotes: names, and the values of labels. */
export function quote(text: string): string {
  return `"${escapeQuoted(text)}"`;
}

/** Text as it stands within quotes. */
export function escapeQuoted(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

/** Text as it stands behind `# HELP` in the Prometheus format; OpenMetrics escapes quotes too. */
export function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
