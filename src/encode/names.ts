/**
 * Names, labels and values in the text formats. A non-legacy name is quoted, and a quoted metric name moves inside the
 * braces: `{"http.requests","service.name"="shop"}`.
 *
 * Source: Prometheus, "Exposition formats", text-based format; "UTF-8 support for metric and label names".
 *
 * @module
 */

import { isLegacyLabelName, isLegacyMetricName } from "../model/names.ts";

/** Returns a metric's name as written in the lines of help, type and unit. */
export function writeMetricName(name: string): string {
  return isLegacyMetricName(name) ? name : quote(name);
}

/** Returns a label's name as written in samples. */
export function writeLabelName(name: string): string {
  return isLegacyLabelName(name) ? name : quote(name);
}

/** Quotes a text, such as a name or the value of a label. */
export function quote(text: string): string {
  return `"${escapeQuoted(text)}"`;
}

/** Escapes text within quotes. */
export function escapeQuoted(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

/** Escapes text after `# HELP` in the Prometheus format; OpenMetrics escapes quotes too. */
export function escapeHelp(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
