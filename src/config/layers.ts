/**
 * The layers that a setting can come from: options, then the environment, then a configuration
 * file, then the default. The first that says anything counts. A file is checked as a whole; a
 * variable only where no option comes before it.
 *
 * @module
 */

import { HIDDEN, typeError } from "../check/errors.ts";
import { checkKeys, isMapping } from "../check/options.ts";
import type { Place } from "../check/place.ts";
import { readVariable, readVariableAsIs } from "../platform/environment.ts";
import { type Member, type Setting, type SettingName, SETTINGS, type SettingValue } from "./settings.ts";

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
    // An object may hold secrets.
    throw typeError(action, "config", "come from readConfig", isMapping(config) ? HIDDEN : config);
  }
  const { source, metrics } = config;
  checkKeys({ action, path: "metrics", source }, metrics, [...NAME_BY_KEY.keys()]);
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const [key, name] of NAME_BY_KEY) {
    if (!Object.hasOwn(metrics, key)) continue;
    const { check, members } = SETTINGS[name] as Setting<unknown>;
    const place: Place = { action, path: `metrics.${key}`, source };
    values[name] = members === undefined
      ? check(place, metrics[key])
      : checkObject(place, metrics[key], check, members);
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
  const { option, check, variable, checkText, members, fallback } = SETTINGS[name] as Setting<SettingValue<Name>>;
  if (given !== undefined) return check({ action, path: option ?? name }, given);
  if (members !== undefined) {
    const texts = readMembers(members);
    if (Object.keys(texts).length > 0) return check(environmentPlace(action, members), texts);
  }
  if (variable !== undefined && checkText !== undefined) {
    const text = readVariable(variable);
    const place: Place = { action, path: variable, source: "the environment" };
    if (text !== undefined) return checkText(place, text);
  }
  return config[name] ?? fallback;
}

/** Checks an object of a file, whose members have other names there than in options. */
function checkObject(
  place: Place,
  given: unknown,
  check: Setting<unknown>["check"],
  members: Readonly<Record<string, Member>>,
): unknown {
  if (!isMapping(given)) return check(place, given);
  const rows = Object.entries(members);
  checkKeys(place, given, rows.map(([, { key }]) => key));
  const present = rows.filter(([, { key }]) => Object.hasOwn(given, key));
  const memberPaths = Object.fromEntries(rows.map(([name, { key }]) => [name, `${place.path}.${key}`]));
  return check({ ...place, memberPaths }, Object.fromEntries(present.map(([name, { key }]) => [name, given[key]])));
}

/** The members whose variables are set, if only to nothing. */
function readMembers(members: Readonly<Record<string, Member>>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, { variable }] of Object.entries(members)) {
    const text = variable === undefined ? undefined : readVariableAsIs(variable);
    if (text !== undefined) texts[name] = text;
  }
  return texts;
}

/** All variables of an object: the part of their names that they share, for what is wrong about them together. */
function environmentPlace(action: string, members: Readonly<Record<string, Member>>): Place {
  const variables = Object.entries(members).map(([name, { variable = name }]) => [name, variable]);
  const path = `${variables[0][1].split("_").slice(0, 2).join("_")}_*`;
  return { action, path, source: "the environment", memberPaths: Object.fromEntries(variables) };
}
