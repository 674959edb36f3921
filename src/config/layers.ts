/**
 * Layers of a setting: options, then the environment, then a configuration file, then the default. The first one with
 * a value takes precedence. A file is checked as a whole; a variable only if no option overrides it.
 *
 * A setting may have several names in a layer. A file may use one of them; among variables the canonical one takes
 * precedence, then its aliases in the order of the table.
 *
 * @module
 */

import { HIDDEN, typeError } from "../check/errors.ts";
import { checkKeys, isMapping, type Mapping } from "../check/options.ts";
import type { Check, Place } from "../check/place.ts";
import { readVariable, readVariableAsIs } from "../platform/environment.ts";
import type { SERVE } from "./settings/serve.ts";
import type { Member, Setting } from "./settings/setting.ts";
import type { CheckText } from "./kinds/text.ts";
import { type Rows, type SettingName, SETTINGS, type SettingValue, type Values } from "./settings/table.ts";

/** Content of a configuration file, not yet checked. */
export interface Config {
  /** Name of the file, for errors. */
  readonly source: string;
  /** Settings: everything below `metrics`. */
  readonly metrics: Readonly<Record<string, unknown>>;
}

/** Checked values of a configuration file. */
export type ConfigValues = { readonly [Name in SettingName]?: SettingValue<Name> };

const ENVIRONMENT = "the environment";

interface KeyRow {
  readonly key: string;
  readonly name: SettingName;
  readonly check: Check<unknown>;
  readonly members: Setting<unknown>["members"];
}

/** Values of a configuration file for the settings of serving. */
export type ServeValues = Pick<ConfigValues, keyof typeof SERVE>;

/** Names of the files that values come from, for errors. */
const SOURCES = new WeakMap<object, string>();
/** Canonical keys, and aliases of keys. */
const [KEYS, ALIAS_KEYS] = [keyRows(false), keyRows(true)];

function keyRows(areAliases: boolean): KeyRow[] {
  const rows = Object.entries(SETTINGS) as [SettingName, Setting<unknown>][];
  return rows.flatMap(([name, row]) => {
    const named = areAliases ? row.aliases ?? [] : [row];
    return named.flatMap(({ key, check = row.check }) =>
      key === undefined ? [] : [{ key, name, check, members: row.members }]
    );
  });
}

/**
 * Checks all settings of a configuration file.
 *
 * @throws {TypeError} If a setting has the wrong type, is unknown, or has a value under two names
 * @throws {RangeError} If a setting is out of range
 */
export function checkConfig(action: string, config: unknown): ConfigValues {
  if (config === undefined) return {};
  if (!isMapping(config) || typeof config.source !== "string" || !isMapping(config.metrics)) {
    // An object may contain secrets.
    throw typeError(action, "config", "come from readConfig", isMapping(config) ? HIDDEN : config);
  }
  const { source, metrics } = config;
  const isAlias = (key: string) => ALIAS_KEYS.some((row) => row.key === key);
  const canonical = Object.keys(metrics).filter((key) => !isAlias(key));
  for (const key of canonical) checkNesting(action, `metrics.${key} in ${source}`, key, metrics[key]);
  checkKeys(
    { action, path: "metrics", source },
    Object.fromEntries(canonical.map((key) => [key, metrics[key]])),
    KEYS.map(({ key }) => key),
  );
  const keys = new Map<SettingName, string>();
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const { key, name, check, members } of [...KEYS, ...ALIAS_KEYS]) {
    if (!Object.hasOwn(metrics, key)) continue;
    const other = keys.get(name);
    if (other !== undefined) {
      throw typeError(action, `metrics.${key} in ${source}`, `be omitted where ${other} is given`, metrics[key]);
    }
    keys.set(name, key);
    const place: Place = { action, path: `metrics.${key}`, source };
    values[name] = members === undefined
      ? check(place, metrics[key])
      : checkObject(place, metrics[key], check, members);
  }
  SOURCES.set(values, source);
  return values as ConfigValues;
}

/** Refuses `sampling: { rate: 0.1 }` for `sampling_rate: 0.1`. */
function checkNesting(action: string, field: string, key: string, given: unknown): void {
  if (!isMapping(given) || KEYS.some((row) => row.key === key)) return;
  const flat = KEYS.map((row) => row.key).filter((other) => other.startsWith(`${key}_`));
  if (flat.length === 0) return;
  const members = Object.keys(given);
  const meant = flat.filter((other) => members.some((member) => other === `${key}_${member}`));
  const names = (meant.length > 0 ? meant : flat).join(", ");
  // Only the names: a value may be a secret.
  throw typeError(action, field, `be written without nesting, as ${names}`, members);
}

/**
 * Returns the value of a setting from the first layer that has one.
 *
 * @param action Action for errors, such as `create metrics`
 * @param name Name of the setting
 * @param given Value of the option, `undefined` if it is omitted
 * @param config Values of the configuration file
 * @throws {TypeError} If the option or variable has the wrong type
 * @throws {RangeError} If the option or variable is out of range
 */
export function resolveSetting<Name extends SettingName>(
  action: string,
  name: Name,
  given: unknown,
  config: ConfigValues,
): SettingValue<Name> {
  const row = SETTINGS[name] as Setting<SettingValue<Name>>;
  if (given !== undefined) return row.check({ action, path: row.option ?? name }, given);
  if (row.members !== undefined) {
    const { members, place } = readMembers(action, row.members, row.checkMemberText);
    if (Object.keys(members).length > 0) return row.check(place, members);
  }
  const set = readVariables(row);
  if (set !== undefined) return set.checkText({ action, path: set.variable, source: ENVIRONMENT }, set.text);
  return config[name] ?? row.fallback;
}

/** Returns the name of a setting without members in the layer that it comes from, for errors on several settings. */
function fieldOfSetting(name: SettingName, given: unknown, config: ConfigValues): string {
  const row: Setting<unknown> = SETTINGS[name];
  if (given !== undefined) return row.option ?? name;
  const variable = readVariables(row)?.variable;
  if (variable !== undefined) return `${variable} in the environment`;
  return config[name] === undefined ? row.option ?? name : `metrics.${row.key} in ${SOURCES.get(config) ?? "the file"}`;
}

/** Returns the values of a configuration file for the rows of an area. */
export function pickRows<Each extends Rows>(
  rows: Each,
  config: ConfigValues,
): Pick<ConfigValues, keyof Each & SettingName> {
  const picked = Object.entries(config).filter(([name]) => Object.hasOwn(rows, name));
  const values = Object.fromEntries(picked) as Pick<ConfigValues, keyof Each & SettingName>;
  const source = SOURCES.get(config);
  if (source !== undefined) SOURCES.set(values, source);
  return values;
}

/** Resolves all rows of an area. Options with paths of several parts are read from objects that were checked before. */
export function resolveRows<Each extends Rows>(
  action: string,
  rows: Each,
  options: object,
  config: ConfigValues,
): Values<Each> {
  const givenOf = ({ option }: Setting<unknown>) =>
    option === undefined ? undefined : valueAt(options as Mapping, option);
  const values = Object.fromEntries(
    Object.entries(rows).map((
      [name, row],
    ) => [name, resolveSetting(action, name as SettingName, givenOf(row), config)]),
  );
  const fieldOf = (name: string) => fieldOfSetting(name as SettingName, givenOf(rows[name]), config);
  for (const { agrees } of Object.values(rows)) agrees?.({ action, values, fieldOf });
  return values as Values<Each>;
}

function valueAt(options: Mapping, path: string): unknown {
  let value: unknown = options;
  for (const part of path.split(".")) value = isMapping(value) ? value[part] : undefined;
  return value;
}

/** Checks an object of a file, whose members have other names in the file than as options. */
function checkObject(
  place: Place,
  given: unknown,
  check: Check<unknown>,
  members: Readonly<Record<string, Member>>,
): unknown {
  if (!isMapping(given)) return check(place, given);
  const rows = Object.entries(members);
  checkKeys(place, given, rows.map(([, { key }]) => key));
  const present = rows.filter(([, { key }]) => Object.hasOwn(given, key));
  const memberPaths = Object.fromEntries(rows.map(([name, { key }]) => [name, `${place.path}.${key}`]));
  return check({ ...place, memberPaths }, Object.fromEntries(present.map(([name, { key }]) => [name, given[key]])));
}

/** Returns the first variable that is set. */
function readVariables<Value>(
  row: Setting<Value>,
): { readonly variable: string; readonly text: string; readonly checkText: CheckText<Value> } | undefined {
  for (const { variable, checkText = row.checkText } of [row, ...row.aliases ?? []]) {
    const text = variable === undefined ? undefined : readVariable(variable);
    if (variable !== undefined && text !== undefined && checkText !== undefined) return { variable, text, checkText };
  }
  return undefined;
}

/**
 * Returns the members with a variable, and the place of all of them together. An empty variable counts as unset only if
 * its text is checked here: a switch may be unset, but an empty secret must be refused.
 */
function readMembers(
  action: string,
  rows: Readonly<Record<string, Member>>,
  checkText: CheckText<unknown> | undefined,
): { readonly members: Mapping; readonly place: Place } {
  const read = checkText === undefined ? readVariableAsIs : readVariable;
  const members: Record<string, unknown> = {};
  const memberPaths: Record<string, string> = {};
  for (const [name, { variables = [] }] of Object.entries(rows)) {
    const variable = variables.find((each) => read(each) !== undefined);
    memberPaths[name] = variable ?? variables[0] ?? name;
    if (variable === undefined) continue;
    const text = read(variable)!;
    members[name] = checkText === undefined ? text : checkText({ action, path: variable, source: ENVIRONMENT }, text);
  }
  // All of them share a prefix: METRICS_AUTH_*.
  const path = `${Object.values(memberPaths)[0].split("_").slice(0, 2).join("_")}_*`;
  return { members, place: { action, path, source: ENVIRONMENT, memberPaths } };
}
