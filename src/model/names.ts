/**
 * Names of metrics and labels. Any text is a valid name, but old scrapers accept only legacy characters; for them,
 * other characters are escaped by the scheme that they ask for.
 *
 * Source: Prometheus, "UTF-8 support for metric and label names", and `escaping` in "Content negotiation".
 *
 * @module
 */

/** Treatment of non-legacy names. */
export type EscapingScheme =
  /** Names are quoted and not escaped. */
  | "allow-utf-8"
  /** Other characters become an underscore. */
  | "underscores"
  /** Dots become `_dot_`; underscores and other characters become two underscores. */
  | "dots"
  /** `U__`, then the code point of each other character between underscores. */
  | "values";

/** Schemes that escape names. */
export const ESCAPES: readonly Exclude<EscapingScheme, "allow-utf-8">[] = ["underscores", "dots", "values"];

const LEGACY_METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LEGACY_LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const VALUES_START = "U__";

/** Whether every text format accepts a metric name without quotes. */
export function isLegacyMetricName(name: string): boolean {
  return LEGACY_METRIC_NAME.test(name);
}

/** Whether every text format accepts a label name without quotes. */
export function isLegacyLabelName(name: string): boolean {
  return LEGACY_LABEL_NAME.test(name);
}

/** Whether a value can be the name of a metric or label: text that UTF-8 can represent. */
export function isName(name: string): boolean {
  return name !== "" && name.isWellFormed();
}

/** Escapes a metric name, unless it is legacy. */
export function escapeMetricName(name: string, scheme: EscapingScheme): string {
  return isLegacyMetricName(name) ? name : escapeName(name, scheme);
}

/** Escapes a label name, unless it is legacy; colons, which metric names may have, are escaped too. */
export function escapeLabelName(name: string, scheme: EscapingScheme): string {
  return isLegacyLabelName(name) ? name : escapeName(name, scheme, LEGACY_LABEL_NAME);
}

/**
 * Escapes a name by a scheme. The scheme `dots` also changes a legacy name with underscores; for exposed names see
 * {@linkcode escapeMetricName}.
 *
 * @param name The name
 * @param scheme Treatment of other characters
 * @param legacy Pattern of legacy names; by default that of metric names
 */
export function escapeName(name: string, scheme: EscapingScheme, legacy: RegExp = LEGACY_METRIC_NAME): string {
  switch (scheme) {
    case "allow-utf-8":
      return name;
    case "underscores":
      return escapeCharacters(name, legacy, "_", () => "_");
    case "dots":
      return escapeCharacters(name, legacy, "__", (character) => character === "." ? "_dot_" : "__");
    case "values":
      if (name === "" || legacy.test(name)) return name;
      return VALUES_START + escapeCharacters(name, legacy, "__", codeOf);
  }
}

function escapeCharacters(
  name: string,
  legacy: RegExp,
  underscore: string,
  escape: (character: string) => string,
): string {
  return Array.from(name, (character, i) => {
    if (character === "_") return underscore;
    // Digits are not allowed as the first character.
    return legacy.test(i === 0 ? character : `_${character}`) ? character : escape(character);
  }).join("");
}

function codeOf(character: string): string {
  return character.isWellFormed() ? `_${character.codePointAt(0)!.toString(16)}_` : "_FFFD_";
}
