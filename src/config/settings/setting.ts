/**
 * Rows of the settings table: names in each layer, kind of value, default and description.
 *
 * @module
 */

import type { Kind } from "../kinds/kind.ts";
import type { CheckText } from "../kinds/text.ts";

/** Older name of a setting, possibly with another unit. */
export interface Alias<Value> extends Partial<Kind<Value>> {
  /** Name below `metrics` in a file. */
  readonly key?: string;
  /** Name in the environment. */
  readonly variable?: string;
}

/** Part of a setting that is an object, by its name as an option. */
export interface Member {
  /** Name below the setting's key. */
  readonly key: string;
  /** Variables, the canonical one first. */
  readonly variables?: readonly string[];
}

/** Resolved rows of an area, for a check across several of them. */
export interface ResolvedArea {
  /** Action for errors, such as `create metrics`. */
  readonly action: string;
  /** Values by the names of the rows. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Name of a row's field in the layer that its value comes from. */
  fieldOf(name: string): string;
}

/** Row of the settings table. */
export interface Setting<Value> extends Kind<Value> {
  /** Path among the options, such as `sampling.rate`; `undefined` if it is not an option. */
  readonly option?: string;
  /** Name below `metrics` in a file; `undefined` if it cannot be set there. */
  readonly key?: string;
  /** Name in the environment; `undefined` if it cannot be set there. */
  readonly variable?: string;
  /** Other names; variables are looked up in this order, after the canonical one. */
  readonly aliases?: readonly Alias<Value>[];
  /** Members, if it is an object; the environment sets all members that have a variable, or none. */
  readonly members?: Readonly<Record<string, Member>>;
  /** Check of a member's variable, for members other than texts; an empty variable then counts as unset. */
  readonly checkMemberText?: CheckText<unknown>;
  /** Refuses a value that contradicts others of its area. */
  readonly agrees?: (area: ResolvedArea) => void;
  /** Default value, if no layer sets one. */
  readonly fallback: Value;
  /** Default as shown in the reference; the fallback as JSON if omitted. */
  readonly shownDefault?: string;
  /** Description in one line, for the reference and the schema. */
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

/** Returns a row, with its type inferred. */
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

/** Names of a setting without a variable, because a line of text cannot represent it. */
export function namedInFile(option: string): Omit<Names, "variable"> {
  return { option, key: snakeCase(option) };
}

/** Member of an object, with its names in all layers. */
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
