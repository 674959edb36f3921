/**
 * Text of rules. Labels and annotations are templates of Go's, so what comes from a program is escaped.
 *
 * Source: Prometheus, "Template reference".
 *
 * @module
 */

/** The words of a name, each with a capital, for the name of an alert: `order_execution` gives `OrderExecution`. */
export function capitalized(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  return words.map((word) => word[0].toUpperCase() + word.slice(1)).join("");
}

/** Text as it stands in a template. */
export function escapeTemplate(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

/** Writes the value that fires, in a unit. */
export function templateOf(unit: string): string {
  if (unit === "seconds") return "{{ $value | humanizeDuration }}";
  if (unit === "bytes") return "{{ $value | humanize1024 }}B";
  if (unit === "ratio") return "{{ $value | humanizePercentage }}";
  return unit === "" ? "{{ $value | humanize }}" : `{{ $value | humanize }} ${unit}`;
}

/** A share, without the digits that only binary fractions have. */
export function percentage(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
}
