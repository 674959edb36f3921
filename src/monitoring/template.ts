/**
 * Texts of rules. Labels and annotations are Go templates, so text of a program is escaped.
 *
 * Source: Prometheus, "Template reference".
 *
 * @module
 */

import { scale } from "../check/decimal.ts";
import { formatDuration } from "../check/duration.ts";

/** Form of a unit's values in annotations. */
export interface AnnotationUnit {
  /** Template of the value that fires. */
  readonly value: string;
  /** Formats a threshold in the same form. */
  readonly format: (threshold: number) => string;
}

const CPU_TIME = /(^|_)cpu(_|$)/;
/** Unit of cores, without `humanize`, which writes 0.95 as 950m. */
const CORES: AnnotationUnit = {
  value: '{{ $value | printf "%.2f" }} cores',
  format: (threshold) => `${threshold} cores`,
};
const BINARY: readonly (readonly [factor: number, suffix: string])[] = [
  [1_024 ** 3, "GiB"],
  [1_024 ** 2, "MiB"],
  [1_024, "KiB"],
];

/** Returns the words of a name in camel case, for the name of an alert: `OrderExecution` of `order_execution`. */
export function capitalized(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  return words.map((word) => word[0].toUpperCase() + word.slice(1)).join("");
}

/** Escapes text for a template. */
export function escapeTemplate(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

/** Returns the form of values in a metric's unit. */
export function unitOfValue(unit: string): AnnotationUnit {
  if (unit === "seconds") return { value: "{{ $value | humanizeDuration }}", format: formatSeconds };
  if (unit === "bytes") return { value: "{{ $value | humanize1024 }}B", format: formatBytes };
  if (unit === "ratio") return { value: "{{ $value | humanizePercentage }}", format: percentage };
  const suffix = unit === "" ? "" : ` ${unit}`;
  return { value: `{{ $value | humanize }}${suffix}`, format: (threshold) => `${threshold}${suffix}` };
}

/** Returns the form of a metric's rate. CPU seconds per second are cores, other seconds are a share of time. */
export function unitOfRate(unit: string, exposedName: string): AnnotationUnit {
  if (unit === "seconds") return CPU_TIME.test(exposedName) ? CORES : unitOfValue("ratio");
  const { value, format } = unitOfValue(unit);
  return { value: `${value}/s`, format: (threshold) => `${format(threshold)}/s` };
}

/** Formats a share as a percentage, without the digits that only binary fractions have. */
export function percentage(share: number): string {
  return `${Number((share * 100).toPrecision(6))}%`;
}

/** Formats seconds in the notation of options. */
export function formatSeconds(seconds: number): string {
  return seconds === 0 ? "0s" : formatDuration(scale(seconds, 3));
}

function formatBytes(bytes: number): string {
  const [factor, suffix] = BINARY.find(([each]) => bytes !== 0 && bytes % each === 0) ?? [1, "B"];
  return `${bytes / factor}${suffix}`;
}
