/**
 * Rows of the settings table: names in each layer, kind of value, default, and what is said about it.
 *
 * @module
 */

import type { Kind } from "../kinds/kind.ts";

/** Older name of a setting, which may have another unit. */
export interface Alias<Value> extends Partial<Kind<Value>> {
  /** Name below `metrics` in a file. */
  readonly key?: string;
  /** Name in the environment. */
  readonly variable?: string;
}

/** One part of a setting that is an object, by its name as an option. */
export interface Member {
  /** Name below the setting's key. */
  readonly key: string;
  /** Variables, the canonical one first. */
  readonly variables?: readonly string[];
}

/** One thing that can be set. */
export interface Setting<Value> extends Kind<Value> {
  /** Path among the options, such as `sampling.rate`; `undefined` if it is none. */
  readonly option?: string;
  /** Name below `metrics` in a file; `undefined` if it cannot be set there. */
  readonly key?: string;
  /** Name in the environment; `undefined` if it cannot be set there. */
  readonly variable?: string;
  /** Other names, in the order in which variables are looked at after the canonical one. */
  readonly aliases?: readonly Alias<Value>[];
  /** Members, if it is an object; the environment sets all of those that have a variable, or none. */
  readonly members?: Readonly<Record<string, Member>>;
  /** Value of a setting that no layer sets. */
  readonly fallback: Value;
  /** Default as the reference shows it; the fallback as JSON if omitted. */
  readonly shownDefault?: string;
  /** One line for the reference and the schema. */
  readonly description: string;
}

/** Names in all three layers. */
export interface Names {
  /** Path among the options. */
  readonly option: string;
  /** Name in a file. */
  readonly key: string;
  /** Name in the environment. */
  readonly variable: string;
}

/** Checks that a row is one. */
export function setting<Value>(row: Setting<Value>): Setting<Value> {
  return row;
}

/**
 * Canonical names of an option: `sampling.rate` is `sampling_rate` in a file and `METRICS_SAMPLING_RATE` in the
 * environment.
 */
export function named(option: string): Names {
  const key = snakeCase(option);
  return { option, key, variable: `METRICS_${key.toUpperCase()}` };
}

/** The same without a variable, for what no line of text can hold. */
export function namedInFile(option: string): Omit<Names, "variable"> {
  return { option, key: snakeCase(option) };
}

/** Member of an object, by the names of both. */
export function member(of: string, name: string, ...aliases: readonly string[]): Member {
  return { key: snakeCase(name), variables: [named(`${of}.${name}`).variable, ...aliases] };
}

function snakeCase(path: string): string {
  return path.replaceAll(".", "_").replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** All variables of a setting, canonical ones first. */
export function variablesOf({ variable, aliases = [], members = {} }: Setting<unknown>): string[] {
  const ofMembers = Object.values(members).flatMap(({ variables = [] }) => variables);
  return [variable, ...aliases.map((alias) => alias.variable), ...ofMembers].filter((name) => name !== undefined);
}

/** All keys of a setting, the canonical one first. */
export function keysOf({ key, aliases = [] }: Setting<unknown>): string[] {
  return [key, ...aliases.map((alias) => alias.key)].filter((name) => name !== undefined);
}
