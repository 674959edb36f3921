/**
 * The layers that a setting can come from: options, then the environment, then a configuration
 * file, then the default. The first that says anything counts. A file is checked as a whole; a
 * variable only where no option comes before it.
 *
 * @module
 */

import { typeError } from "../errors.ts";
import { checkKeys, isMapping, type Place } from "./checks.ts";
import { readVariable } from "./environment.ts";
import { type Setting, type SettingName, SETTINGS, type SettingValue } from "./settings.ts";

/** What a configuration file says, not yet checked. */
export interface Config {
  /** Its name, for errors. */
  readonly source: string;
  /** Its settings: what stands below `metrics`. */
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** What a configuration file says, checked. */
export type ConfigValues = { readonly [Name in SettingName]?: SettingValue<Name> };

const NAME_BY_KEY: ReadonlyMap<string, SettingName> = new Map(
  (Object.entries(SETTINGS) as [SettingName, Setting<unknown>][])
    .flatMap(([name, { key }]) => key === undefined ? [] : [[key, name]]),
);

/**
 * Checks all that a configuration file says.
 *
 * @throws {TypeError} If a setting has the wrong type or is unknown
 * @throws {RangeError} If a setting is out of range
 */
export function checkConfig(action: string, config: unknown): ConfigValues {
  if (config === undefined) return {};
  if (!isMapping(config) || typeof config.source !== "string" || !isMapping(config.metrics)) {
    throw typeError(action, "config", "come from readConfig", config);
  }
  const { source, metrics } = config;
  checkKeys(action, `metrics in ${source}`, Object.keys(metrics), [...NAME_BY_KEY.keys()]);
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const [key, name] of NAME_BY_KEY) {
    if (!Object.hasOwn(metrics, key)) continue;
    values[name] = SETTINGS[name].check({ action, path: `metrics.${key}`, source }, metrics[key]);
  }
  return values as ConfigValues;
}

/**
 * The value that counts.
 *
 * @param action What is being done, for errors
 * @param name Which setting
 * @param given What the option says, `undefined` if nothing
 * @param config What the file says
 * @throws {TypeError} If the option or variable has the wrong type
 * @throws {RangeError} If the option or variable is out of range
 */
export function resolveSetting<Name extends SettingName>(
  action: string,
  name: Name,
  given: unknown,
  config: ConfigValues,
): SettingValue<Name> {
  const { option, check, variable, checkText, fallback } = SETTINGS[name] as Setting<SettingValue<Name>>;
  if (given !== undefined) return check({ action, path: option ?? name }, given);
  if (variable !== undefined && checkText !== undefined) {
    const text = readVariable(variable);
    const place: Place = { action, path: variable, source: "the environment" };
    if (text !== undefined) return checkText(place, text);
  }
  return config[name] ?? fallback;
}
